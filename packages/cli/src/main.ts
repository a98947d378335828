#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT } from "./exit-codes.js";
import { program } from "./program.js";
import { safe } from "./render/words.js";
import { dieBy } from "./run/signals.js";
import { complain, say } from "./say.js";
import { UsageError } from "./usage-error.js";

process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
  // Whoever reads our output may stop reading (`| head`): that ends us as it ends any program, without a word.
  if (code === "EPIPE" && process.platform !== "win32") dieBy("SIGPIPE");
  complain(`the output could not be written: ${code}`, "make room, or write it elsewhere", "output");
  process.exit(EXIT.io);
});

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else if (error instanceof UsageError) {
    complain(error.message, "see openclaw-locks --help", "usage");
    process.exitCode = EXIT.usage;
  } else {
    const trace = String((error as Error)?.stack ?? error).split("\n");
    say(`a fault of this program, please report it:\n${trace.map((line) => safe(line)).join("\n")}`);
    process.exitCode = EXIT.internal;
  }
}
