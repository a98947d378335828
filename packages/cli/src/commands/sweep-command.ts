import type { Command } from "commander";
import { EXIT } from "../exit-codes.js";
import { addPlaceOptions, type CommonFlags, reporterOf } from "./options.js";
import { sweep } from "./sweep.js";

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
    .option(
      "--boot",
      "for the step before OpenClaw starts in a container: nobody uses the directory yet, here or elsewhere. The same as --trust-pids --stale 0",
    )
    .addHelpText("after", HELP)
    .action(async (paths: readonly string[], flags: Flags) => {
      const policy = {
        profile: flags.profile,
        staleMs: flags.stale ?? (flags.boot ? 0 : undefined),
        trustPids: flags.boot ? true : flags.trustPids,
        dryRun: flags.dryRun ?? false,
        boot: flags.boot ?? false,
      };
      process.exitCode = await sweep(paths, policy, reporterOf("sweep", flags));
    });
}

const HELP = `
Examples:
  openclaw-locks sweep --dry-run      what would be removed, and why
  openclaw-locks sweep                remove it, while OpenClaw and the helpers run
  openclaw-locks sweep --boot         in a container, before its OpenClaw starts: a lock that says "pid 1" is an
                                      earlier container's, however young it is

Locks whose holder lives are never removed, nor what is foreign, nor what nobody can judge, nor locks with rules
of their own (gateway, session, git). What is left is printed with the reason and the next step.
--boot is your word: do not give it while another container that shares the directory may still be running.

Exit status:
  ${String(EXIT.ok).padEnd(4)}nothing is left that needs attention (the living may hold locks)
  ${String(EXIT.stuck).padEnd(4)}something is left that needs attention: see the printed step
  ${String(EXIT.io).padEnd(4)}something could not be read or removed
  ${String(EXIT.usage).padEnd(4)}the command line is wrong
`;
