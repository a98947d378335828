import type { Command } from "commander";
import { EXIT } from "../exit-codes.js";
import { addPlaceOptions, type CommonFlags, reporterOf } from "./options.js";

interface Flags extends CommonFlags {
  readonly dryRun?: boolean;
  readonly boot?: boolean;
}

export function addSweep(program: Command): void {
  addPlaceOptions(
    program
      .command("sweep")
      .description("Remove what is proven dead, as the next acquire would, and nothing else. Safe at any time."),
  )
    .option("-n, --dry-run", "only say what would be removed")
    .option("--boot", "for the step before OpenClaw starts in a container; --trust-pids and --stale 0, and see below")
    .addHelpText("after", HELP)
    .action(async (paths: readonly string[], flags: Flags) => {
      const policy = {
        profile: flags.profile,
        staleMs: flags.stale ?? (flags.boot ? 0 : undefined),
        trustPids: flags.boot ? true : flags.trustPids,
        dryRun: flags.dryRun ?? false,
        boot: flags.boot ?? false,
      };
      const { sweep } = await import("./sweep.js");
      process.exitCode = await sweep(paths, policy, await reporterOf("sweep", flags));
    });
}

const HELP = `
Examples:
  openclaw-locks sweep --dry-run      what would be removed, and why
  openclaw-locks sweep                remove it; OpenClaw and helpers may run
  openclaw-locks sweep --boot         before OpenClaw starts in a container

Never removed: what is held by the living, what is foreign, what nobody here can
judge, and locks with rules of their own (of the gateway, a session, git). What
is left is printed with the reason and the next step.

--boot is your word that nothing uses the directory yet, in this container or in
another one: a lock that says "pid 1" is an earlier container's then, however
young it is. Do not give it while another container shares the directory.

Exit status:
  ${String(EXIT.ok).padEnd(4)}nothing is left that needs attention (locks may be held)
  ${String(EXIT.stuck).padEnd(4)}something is left that does: see the printed step
  ${String(EXIT.io).padEnd(4)}something could not be read or removed
  ${String(EXIT.usage).padEnd(4)}the command line is wrong
`;
