import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "./usage-error.js";

const FILES: Readonly<Record<string, string>> = { python: "driver.py", node: "driver.mjs" };

/** A skeleton that already says hello and bye; on standard output, so that its author chooses the file. */
export function initDriver(language: string): void {
  const file = FILES[language];
  if (file === undefined) {
    const known = Object.keys(FILES).join(" and ");
    throw new UsageError(`there are skeletons in ${known}; for ${language}, translate one of them`);
  }
  process.stdout.write(readFileSync(join(dirname(fileURLToPath(import.meta.url)), "skeletons", file), "utf8"));
}
