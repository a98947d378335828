import { VERSION } from "@openclaw/lock-helpers/tools";
import { Command } from "commander";
import { addCompletion } from "./commands/completion-command.js";
import { addDoctor } from "./commands/doctor-command.js";
import { addExplain } from "./commands/explain-command.js";
import { addRepair } from "./commands/repair-command.js";
import { addRun } from "./commands/run-command.js";
import { addStatus } from "./commands/status-command.js";
import { addSweep } from "./commands/sweep-command.js";
import { checkEnvironment } from "./environment.js";
import { EXIT } from "./exit-codes.js";
import { safe } from "./render/words.js";

/** The command line. Each command says by itself what it takes, and sets the exit status. */
export function program(): Command {
  const root = new Command("openclaw-locks")
    .description("First aid for the file locks that OpenClaw and its helpers share (<file>.lock).")
    .version(VERSION, "-V, --version")
    .showHelpAfterError("(add --help for examples)")
    .helpCommand(false)
    .exitOverride()
    .hook("preAction", () => checkEnvironment(process.env))
    // Its messages repeat what was typed, or what a script has put together.
    .configureOutput({ outputError: (text, write) => write(`${safe(text.trimEnd())}\n`) })
    .addHelpText("after", HELP);
  for (const add of [addStatus, addDoctor, addExplain, addSweep, addRepair, addRun, addCompletion]) add(root);
  return root;
}

const HELP = `
Examples:
  openclaw-locks status                  who holds what, and is anything stuck?
  openclaw-locks doctor --log FILE       is it a lock at all? what to do?
  openclaw-locks explain openclaw.json   why a lock is judged as it is
  openclaw-locks sweep                   remove what is proven dead
  openclaw-locks repair openclaw.json    remove what a sweep leaves, on proof
  openclaw-locks run data.json -- ./edit.sh      run a command under a lock

Each command has its own --help with more of them, and with its exit statuses.
${EXIT.usage} always means: the command line is wrong, and nothing has been touched.
`;
