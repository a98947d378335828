import { type Command, Option } from "commander";
import { EXIT } from "../exit-codes.js";
import { UsageError } from "../usage-error.js";
import { duration, staleOption, trustOption } from "./options.js";
import type { RunFlags } from "./run.js";

const DEFAULT_TIMEOUT_MS = 10_000;

export function addRun(program: Command): void {
  program
    .command("run")
    .description("Run a command while holding the lock of a file: flock(1) for OpenClaw's locks.")
    .usage("[options] <file> -- <command> [argument...]")
    .argument("<file>", "the file to guard, not its .lock; it need not exist")
    .argument("[command...]", "after --: what to run, with stdin, stdout and stderr as they are")
    .addOption(
      new Option("-w, --timeout <time>", "longest wait for the lock; 0 tries once")
        .argParser(duration)
        .default(DEFAULT_TIMEOUT_MS, "10s"),
    )
    .option("-p, --purpose <words>", "what for; whoever waits can read it (no secrets)")
    .addOption(staleOption())
    .addOption(trustOption())
    .option("--create-parent", "make the directory of the file where it is missing")
    .option("--also-flock", "lock the file with flock(2) too, for scripts that go by that; it must exist")
    .option("-q, --quiet", "do not say that it waits")
    .addHelpText("after", HELP)
    .action(async (file: string, command: readonly string[], flags: RunFlags) => {
      const [program, ...args] = command;
      const dashes = process.argv.indexOf("--");
      if (dashes < 0) throw new UsageError("put -- between the file and the command");
      if (!program) throw new UsageError("there is no command after --");
      if (command.length !== process.argv.length - dashes - 1) throw new UsageError("give one file, then --");
      const { end, run } = await import("./run.js");
      end(await run(file, program, args, flags));
    });
}

const HELP = `
Examples:
  openclaw-locks run openclaw.json -- ./edit-config.sh
  openclaw-locks run -w 1m -p "nightly job" data.json -- ./job.sh
  openclaw-locks run -w 0 job.state -- ./job.sh || [ $? -eq ${EXIT.busy} ]
  openclaw-locks run --also-flock data.json -- ./job.sh     excludes flock(1) users too
  openclaw-locks run a.json -- sh -c 'jq .x=1 a.json >b.tmp && mv b.tmp a.json'

Read the file inside the command, never before. TERM, INT, HUP, QUIT, USR1 and
USR2 are passed on to the command. The lock is given back when the command ends,
whatever that has left in the background. If this program is killed (kill -9),
the command gets TERM, and KILL after five seconds: it has no lock any more.

Exit status: the command's own; if a signal ends it, the same signal; or
  ${String(EXIT.usage).padEnd(5)}the command line is wrong
  ${String(EXIT.blocked).padEnd(5)}waiting will not help: a foreign lock, or a guard without an owner
  ${String(EXIT.io).padEnd(5)}input or output error
  ${String(EXIT.busy).padEnd(5)}somebody holds the lock, or it cannot be judged; try again later
  ${String(EXIT.lost).padEnd(5)}the command succeeded, but the lock was lost while it ran
  ${String(EXIT.permission).padEnd(5)}no permission for the directory or the lock
  ${String(EXIT.notExecutable).padEnd(5)}the command cannot be executed
  ${String(EXIT.notFound).padEnd(5)}there is no such command
`;
