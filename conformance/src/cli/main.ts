#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { EXIT } from "../engine/run/report.js";
import { collectStrays } from "../engine/run/strays.js";
import { explain } from "./explain.js";
import { initDriver } from "./init-driver.js";
import { list } from "./list.js";
import { matrix } from "./matrix.js";
import { run } from "./run.js";
import { addRunOptions, profile, type RunFlags, timeScale } from "./run-options.js";
import { runSmoke } from "./smoke.js";
import { soak } from "./soak.js";
import { UsageError } from "./usage-error.js";

const program = new Command("lock-conformance")
  .description("Real processes on one file: does an implementation keep OpenClaw's lock contract?")
  .showHelpAfterError("(add --help for the options)")
  .exitOverride();

collectStrays();
// Ended like this, the suite takes its drivers with it, those that stand still included.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => process.exit(EXIT.couldNotRun));

let status: number = EXIT.conformant;

addRunOptions(program.command("run", { isDefault: true }).description("runs the cases, and says what held")).action(
  async ({ case: more, ...flags }: RunFlags & { case: readonly string[] }) => {
    status = await run({ ...flags, only: [...flags.only, ...more] });
  },
);

program.command("list").description("the cases").option("--json", "for programs").addOption(profile()).action(list);

program
  .command("matrix")
  .description("the field's scenarios against the implementations of one run or of several, as Markdown")
  .argument("[reports...]", "report.json of each run (default: conformance-report/report.json)")
  .option("--write <file>", "writes it there")
  .action(matrix);

addRunOptions(
  program
    .command("soak")
    .description("random kills and failing system calls until so many have come, all helpers together"),
)
  .option("--events <number>", "how many", "10000")
  .action(async (flags: RunFlags & { events: string }) => {
    status = await soak(flags);
  });

program
  .command("explain")
  .description("what a case does, what must hold, and why")
  .argument("<case>", "its id; * stands for anything")
  .action(explain);

program
  .command("smoke")
  .description("is the driver right? before: is the lock right")
  .requiredOption("--driver <command>", "your driver")
  .addOption(timeScale())
  .action(async (flags: { driver: string; timeScale: number }) => {
    status = await runSmoke(flags);
  });

program
  .command("init-driver")
  .description("prints a driver to begin with")
  .argument("<language>", "python or node")
  .action(initDriver);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) status = error.exitCode === 0 ? EXIT.conformant : EXIT.usage;
  else if (error instanceof UsageError) {
    console.error(`lock-conformance: ${error.message}`);
    status = EXIT.usage;
  } else {
    console.error(error);
    status = EXIT.couldNotRun;
  }
}
// What a pipe could not take at once would be lost.
await new Promise((resolve) => process.stdout.write("", resolve));
// A timer or a pipe that a broken driver has left open must not keep the suite alive.
process.exit(status);
