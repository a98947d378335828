import type { Command } from "commander";
import { EXIT } from "../exit-codes.js";
import { staleOption, trustOption } from "./options.js";

export interface DoctorFlags {
  readonly log?: readonly string[];
  readonly profile?: string;
  readonly stale?: number;
  readonly trustPids?: boolean;
  readonly json?: boolean;
}

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description(
      "Tell a stuck lock from a dead login, a slow process and a busy database; say what to do. Changes nothing.",
    )
    .argument("[path...]", "files that are guarded, locks, or directories (default: OpenClaw's state directory)")
    .option("-l, --log <file>", "a log of the gateway, - for stdin; can be given more than once", more, [])
    .option("--profile <name>", "the state directory of this OpenClaw profile")
    .addOption(staleOption())
    .addOption(trustOption())
    .option("--json", "for programs: one object, see the README")
    .addHelpText("after", HELP)
    .action(async (paths: readonly string[], flags: DoctorFlags) => {
      const { doctor } = await import("./doctor.js");
      process.exitCode = await doctor(paths, flags);
    });
}

function more(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

const HELP = `
Examples:
  openclaw-locks doctor                                what is wrong, by the locks and logins
  openclaw-locks doctor --log /tmp/openclaw/openclaw-2026-11-24.log
  journalctl -u openclaw-gateway -o cat | openclaw-locks doctor --log -
  docker logs gateway 2>&1 | openclaw-locks doctor --log -
  zcat old.log.gz | openclaw-locks doctor --log - --json | jq '.diagnoses[].cause'

Two failures look alike, and need opposite cures:
  a stuck lock     "file lock timeout", "refresh_contention": the login is fine.
                   Clear the lock; nobody has to sign in again.
  a dead login     "refresh_token_reused", "invalid_grant", "auth_permanent":
                   sign in again. No lock is to blame.
It knows a slow provider, a busy database ("the auth store lock may be busy"), a
busy session and a fence that a killed refresh has left from these, too.

Logs of any length are read, as text or as lines of JSON, with colours or not.
Of a login nothing is ever printed but its name.

Exit status:
  ${String(EXIT.ok).padEnd(4)}nothing is wrong, or is any more
  ${String(EXIT.held).padEnd(4)}somebody is slow: it may pass by itself
  ${String(EXIT.stuck).padEnd(4)}something has to be done: see the printed step
  ${String(EXIT.io).padEnd(4)}something could not be read, and nothing else is wrong
  ${String(EXIT.usage).padEnd(4)}the command line is wrong
`;
