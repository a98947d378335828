import { existsSync, readFileSync } from "node:fs";
import { run as execute } from "../lib/process.mjs";
import { venv } from "../lib/venv.mjs";
import { SUITE_LIMIT_MS } from "./limit.mjs";

/** Counts of a JUnit report, over all its suites; an error (of a fixture, of collection) is a failure. */
export function count(xml) {
  const total = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  for (const [, attributes] of xml.matchAll(/<testsuite\s([^>]*)>/g)) {
    for (const key of Object.keys(total)) {
      total[key] += Number(new RegExp(`\\b${key}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
    }
  }
  const failed = total.failures + total.errors;
  return { passed: total.tests - failed - total.skipped, failed, skipped: total.skipped };
}

export function run(args) {
  const file = "test-results/pytest.xml";
  const status = execute(
    venv("python"),
    ["-m", "pytest", "-q", "-o", "faulthandler_timeout=120", `--junitxml=${file}`, ...args],
    { cwd: process.cwd(), timeout: SUITE_LIMIT_MS },
  );
  const counts = existsSync(file) ? count(readFileSync(file, "utf8")) : { passed: 0, failed: 0, skipped: 0 };
  return { status, ...counts };
}
