import type { Command } from "commander";
import { EXIT } from "../exit-codes.js";
import { staleOption, trustOption } from "./options.js";

export interface ExplainFlags {
  readonly stale?: number;
  readonly trustPids?: boolean;
}

export function addExplain(program: Command): void {
  program
    .command("explain")
    .description("Show, step by step, by which evidence and which rules a lock is judged. Changes nothing.")
    .argument("<lock>", "a lock, the file that it guards, a guard, or a marker")
    .addOption(staleOption())
    .addOption(trustOption())
    .addHelpText("after", HELP)
    .action(async (path: string, flags: ExplainFlags) => {
      const { explain } = await import("./explain.js");
      process.exitCode = await explain(path, flags);
    });
}

const HELP = `
Examples:
  openclaw-locks explain openclaw.json
  openclaw-locks explain ~/.openclaw/agents/main/agent/auth-profiles.json.lock
  openclaw-locks explain openclaw.json.lock.reclaim

Each step names its rule (VERDICT-5): rules are in the repository's spec/.

Exit status:
  ${String(EXIT.ok).padEnd(4)}nothing is there
  ${String(EXIT.held).padEnd(4)}it is held, and all is well
  ${String(EXIT.stuck).padEnd(4)}it is stale, foreign, orphaned or unknown
  ${String(EXIT.io).padEnd(4)}it cannot be read
  ${String(EXIT.usage).padEnd(4)}the command line is wrong
`;
