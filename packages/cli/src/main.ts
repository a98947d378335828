#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT } from "./exit-codes.js";
import { program } from "./program.js";
import { complain } from "./say.js";
import { UsageError } from "./usage-error.js";

// Whoever reads our output may stop reading (`| head`): there is nobody left to tell.
process.stdout.on("error", () => process.exit(EXIT.ok));

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else if (error instanceof UsageError) {
    complain(error.message, "see openclaw-locks --help", "usage");
    process.exitCode = EXIT.usage;
  } else {
    console.error(error);
    process.exitCode = EXIT.internal;
  }
}
