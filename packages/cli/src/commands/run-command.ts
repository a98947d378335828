import type { Command } from "commander";
import { EXIT } from "../exit-codes.js";
import { UsageError } from "../usage-error.js";
import { duration, staleOption, trustOption } from "./options.js";
import { end, type RunFlags, run } from "./run.js";

const DEFAULT_TIMEOUT_MS = 10_000;

export function addRun(program: Command): void {
  program
    .command("run")
    .description("Run a command while holding the lock of a file: flock(1) for OpenClaw's locks.")
    .usage("[options] <file> -- <command> [argument...]")
    .argument("<file>", "the file to guard, not its .lock; it need not exist")
    .argument("[command...]", "after --: what to run, with stdin, stdout and stderr as they are")
    .option("-w, --timeout <time>", "longest wait for the lock; 0 tries once", duration, DEFAULT_TIMEOUT_MS)
    .option("-p, --purpose <words>", "what for, to be read by whoever waits (no secrets)")
    .addOption(staleOption())
    .addOption(trustOption())
    .option("--create-parent", "make the directory of the file where it is missing", false)
    .option("-q, --quiet", "do not say that it waits", false)
    .addHelpText("after", HELP)
    .action(async (file: string, command: readonly string[], flags: RunFlags) => {
      const [program, ...args] = command;
      const dashes = process.argv.indexOf("--");
      if (dashes < 0) throw new UsageError("put -- between the file and the command");
      if (!program) throw new UsageError("there is no command after --");
      if (command.length !== process.argv.length - dashes - 1) throw new UsageError("give one file, then --");
      end(await run(file, program, args, flags));
    });
}

const HELP = `
Examples:
  openclaw-locks run openclaw.json -- ./edit-config.sh
  openclaw-locks run -w 1m -p "nightly backup" ~/.openclaw/openclaw.json -- tar czf backup.tgz -C ~ .openclaw
  openclaw-locks run --timeout 0 cron.state -- ./job.sh || [ $? -eq ${EXIT.busy} ]      skip if it runs already
  openclaw-locks run openclaw.json -- sh -c 'jq .x=1 openclaw.json >new && mv new openclaw.json'

TERM, INT, HUP, QUIT, USR1 and USR2 are passed on to the command, and its end is this command's end. The lock is given
back when the command ends, whatever it has left in the background. Read the file inside the command, never before.

Exit status: that of the command (a command that dies by a signal is died by the same), or
  ${String(EXIT.usage).padEnd(5)}the command line is wrong
  ${String(EXIT.blocked).padEnd(5)}waiting will not help: something foreign, or a guard without an owner, is in the way
  ${String(EXIT.io).padEnd(5)}input or output error
  ${String(EXIT.busy).padEnd(5)}somebody else holds the lock, or it cannot be judged
  ${String(EXIT.lost).padEnd(5)}the command succeeded, but the lock was lost meanwhile: what it wrote was unprotected
  ${String(EXIT.permission).padEnd(5)}no permission for the directory or the lock
  ${String(EXIT.notExecutable).padEnd(5)}the command cannot be executed
  ${String(EXIT.notFound).padEnd(5)}there is no such command
`;
