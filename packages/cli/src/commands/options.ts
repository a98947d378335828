import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../duration.js";
import type { Reporter } from "../render/reporter.js";

export interface CommonFlags {
  readonly profile?: string;
  readonly stale?: number;
  readonly trustPids?: boolean;
  readonly json?: boolean;
}

/** Milliseconds, from `10`, `10s`, `1.5m`. */
export function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined)
    throw new InvalidArgumentError("Not a time such as 10s, 500ms, 2m (at most 365 days).");
  return milliseconds;
}

export function staleOption(): Option {
  return new Option(
    "--stale <time>",
    "age that is asked for where only age can tell (default: 30s, for OAuth refresh locks 180s)",
  ).argParser(duration);
}

export function trustOption(): Option {
  return new Option(
    "--trust-pids",
    "my word: no other container or machine has used the directory since this container began",
  );
}

/** What `status` and `sweep` have in common. */
export function addPlaceOptions(command: Command): Command {
  return command
    .argument("[path...]", "files that are guarded, locks, or directories (default: OpenClaw's state directory)")
    .option("--profile <name>", "the state directory of this OpenClaw profile")
    .addOption(staleOption())
    .addOption(trustOption())
    .option("--json", "for programs: one object, described by schema/locks-status.schema.json");
}

// What one command needs is not loaded for another: `run` should begin as fast as Node allows.
export async function reporterOf(command: "status" | "sweep", { json }: CommonFlags): Promise<Reporter> {
  const { Output } = await import("../render/output.js");
  if (json) {
    const { JsonReporter } = await import("../render/json.js");
    return new JsonReporter(new Output(), command);
  }
  const [{ TextReporter }, { terminalOf }] = await Promise.all([
    import("../render/text.js"),
    import("../render/terminal.js"),
  ]);
  return new TextReporter(new Output(), terminalOf(process.stdout, process.env));
}
