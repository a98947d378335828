import { existsSync, readdirSync, readFileSync } from "node:fs";
import { run as execute } from "../lib/process.mjs";
import { SUITE_LIMIT_MS } from "./limit.mjs";

/** Counts of the TAP trailer that `node --test` writes; a cancelled test has not passed. */
export function count(tap) {
  const trailer = (key) => Number(new RegExp(`^# ${key} (\\d+)$`, "m").exec(tap)?.[1] ?? 0);
  return {
    passed: trailer("pass"),
    failed: trailer("fail") + trailer("cancelled"),
    skipped: trailer("skipped") + trailer("todo"),
  };
}

// Found here, since Node 20 knows no patterns, and newer ones no folders; and its own search would run a `test.mjs` that is none.
const testFiles = () =>
  readdirSync(".", { recursive: true, encoding: "utf8" })
    .filter((file) => /\.test\.m?js$/.test(file) && !file.includes("node_modules"))
    .sort();

export function run(args) {
  const files = testFiles();
  if (files.length === 0) return { status: 1, passed: 0, failed: 0, skipped: 0 };
  const report = "test-results/node.tap";
  const reporters = ["--test-reporter=spec", "--test-reporter-destination=stdout"];
  reporters.push("--test-reporter=tap", `--test-reporter-destination=${report}`);
  const status = execute(process.execPath, ["--test", ...reporters, ...args, ...files], {
    cwd: process.cwd(),
    timeout: SUITE_LIMIT_MS,
  });
  const counts = existsSync(report) ? count(readFileSync(report, "utf8")) : { passed: 0, failed: 0, skipped: 0 };
  return { status, ...counts };
}
