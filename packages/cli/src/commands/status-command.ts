import type { Command } from "commander";
import { EXIT } from "../exit-codes.js";
import { addPlaceOptions, type CommonFlags, reporterOf } from "./options.js";
import { status } from "./status.js";

export function addStatus(program: Command): void {
  addPlaceOptions(
    program.command("status").description("Show every lock, who holds it, and what to do. Changes nothing."),
  )
    .addHelpText("after", HELP)
    .action(async (paths: readonly string[], flags: CommonFlags) => {
      const policy = { profile: flags.profile, staleMs: flags.stale, trustPids: flags.trustPids };
      process.exitCode = await status(paths, policy, reporterOf("status", flags));
    });
}

const HELP = `
Examples:
  openclaw-locks status                       all locks below OpenClaw's state directory
  openclaw-locks status openclaw.json         the lock of one file
  openclaw-locks status ~/.openclaw/locks     those below a directory
  openclaw-locks status --json | jq -r '.entries[] | select(.state == "stale") | .path'
  openclaw-locks status >/dev/null || [ $? -eq ${EXIT.held} ] || alert    is anything stuck?

States:
  held, writing   its holder lives                        in use     serves a lock that is held
  stale           its holder is dead                      leftover   harmless, left by a process that was killed
  foreign         no lock of OpenClaw's, yet in its place other      a lock with rules of its own: gateway, session, git
  orphaned        a guard that names no owner             no access  it cannot be read
  unknown         nobody here can tell: see its reason    free       nothing is there (of a path that was given)

Exit status:
  ${String(EXIT.ok).padEnd(4)}nothing is held
  ${String(EXIT.held).padEnd(4)}something is held, and all is well
  ${String(EXIT.stuck).padEnd(4)}something needs attention: stale, foreign, orphaned or unknown
  ${String(EXIT.io).padEnd(4)}something could not be read
  ${String(EXIT.usage).padEnd(4)}the command line is wrong
`;
