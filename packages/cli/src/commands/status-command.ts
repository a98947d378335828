import { type Command, Option } from "commander";
import { EXIT } from "../exit-codes.js";
import { addPlaceOptions, type CommonFlags, duration, reporterOf } from "./options.js";

interface Flags extends CommonFlags {
  readonly watch?: boolean;
  readonly interval: number;
  readonly for?: number;
}

const SHORTEST_MS = 50;

export function addStatus(program: Command): void {
  addPlaceOptions(
    program.command("status").description("Show every lock, who holds it, and what to do. Changes nothing."),
  )
    .option("-w, --watch", "look again and again; with --json a line for each change and each look")
    .addOption(
      new Option("--interval <time>", "of --watch: time between two looks").argParser(duration).default(1000, "1s"),
    )
    .addOption(new Option("--for <time>", "of --watch: end after this time").argParser(duration))
    .addHelpText("after", HELP)
    .action(async (paths: readonly string[], flags: Flags) => {
      const policy = { profile: flags.profile, staleMs: flags.stale, trustPids: flags.trustPids };
      if (flags.watch) {
        const { watch } = await import("./watch.js");
        const times = { intervalMs: Math.max(flags.interval, SHORTEST_MS), forMs: flags.for };
        process.exitCode = await watch(paths, { ...policy, ...times, json: flags.json ?? false });
        return;
      }
      const { status } = await import("./status.js");
      process.exitCode = await status(paths, policy, await reporterOf("status", flags));
    });
}

const HELP = `
Examples:
  openclaw-locks status                      all locks of OpenClaw
  openclaw-locks status openclaw.json        the lock of one file
  openclaw-locks status ~/.openclaw/locks    those below a directory
  openclaw-locks status --watch openclaw.json      wait times and hand-overs, live
  openclaw-locks status --watch --json | jq -c 'select(.event == "handed-over")'
  openclaw-locks status --json | jq -r '.entries[] | [.state, .path] | @tsv'
  openclaw-locks status >/dev/null || [ $? -eq ${EXIT.held} ] || echo "stuck!"

States:
  held        its holder lives
  writing     too young to be read
  stale       its holder is dead: run openclaw-locks sweep
  foreign     in the place of a lock, and none of OpenClaw's
  orphaned    a guard that does not say whose it is
  unknown     nobody here can tell whether its holder lives
  no access   it cannot be read
  in use      it serves a lock, or is about to
  leftover    harmless, left by a process that was killed
  other       a lock with rules of its own: of the gateway, a session, git
  free        nothing is there (of a path that was given)

Exit status:
  ${String(EXIT.ok).padEnd(4)}nothing is held
  ${String(EXIT.held).padEnd(4)}something is held, and all is well
  ${String(EXIT.stuck).padEnd(4)}something needs attention: stale, foreign, orphaned or unknown
  ${String(EXIT.io).padEnd(4)}something could not be read
  ${String(EXIT.usage).padEnd(4)}the command line is wrong
`;
