import type { Command } from "commander";
import { EXIT } from "../exit-codes.js";
import { staleOption, trustOption } from "./options.js";

export interface RepairFlags {
  readonly yes?: boolean;
  readonly stale?: number;
  readonly trustPids?: boolean;
}

export function addRepair(program: Command): void {
  program
    .command("repair")
    .description("Remove an orphaned guard, or a lock that nobody can read, once it is proven that nobody needs it.")
    .argument("<lock>", "a lock, the file that it guards, or a guard")
    .option("-y, --yes", "do not ask; without proof nothing is removed all the same")
    .addOption(staleOption())
    .addOption(trustOption())
    .addHelpText("after", HELP)
    .action(async (path: string, flags: RepairFlags) => {
      const { repair } = await import("./repair.js");
      process.exitCode = await repair(path, flags);
    });
}

const HELP = `
Examples:
  openclaw-locks repair openclaw.json                shows the proof, then asks
  openclaw-locks repair openclaw.json.lock.reclaim
  openclaw-locks repair --yes openclaw.json          for scripts

What a sweep leaves, because it names nobody: the guard of a killed OpenClaw, the
half-written lock of a killed writer, what another lock library has left. The
proof is shown before anything is touched: its age, that nobody has it open, that
no process is left that can have made it. Where one part of it is missing nothing
is removed, and what to do is said: mostly, stop OpenClaw and run this again.

Exit status:
  ${String(EXIT.ok).padEnd(4)}it is gone, or nothing was wrong
  ${String(EXIT.stuck).padEnd(4)}it is still there: no proof, or not agreed to
  ${String(EXIT.io).padEnd(4)}it could not be read or removed
  ${String(EXIT.usage).padEnd(4)}the command line is wrong
`;
