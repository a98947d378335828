import { existsSync, readFileSync } from "node:fs";
import { run as execute } from "../lib/process.mjs";
import { fromRoot } from "../lib/root.mjs";
import { SUITE_LIMIT_MS } from "./limit.mjs";

/** Counts of vitest's JSON report. A file that could not be loaded has no tests, yet has failed. */
export function count(report) {
  const broken = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

export function run(args) {
  const file = "test-results/vitest.json";
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const vitest = fromRoot("node_modules/vitest/vitest.mjs");
  const status = execute(process.execPath, [vitest, "run", ...reporters, ...args], {
    cwd: process.cwd(),
    timeout: SUITE_LIMIT_MS,
  });
  const counts = existsSync(file)
    ? count(JSON.parse(readFileSync(file, "utf8")))
    : { passed: 0, failed: 0, skipped: 0 };
  return { status, ...counts };
}
