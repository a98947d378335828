import { existsSync, readFileSync } from "node:fs";
import { run as execute } from "../lib/process.mjs";

/** Counts of the TAP trailer that `node --test` writes; a cancelled test has not passed. */
export function count(tap) {
  const trailer = (key) => Number(new RegExp(`^# ${key} (\\d+)$`, "m").exec(tap)?.[1] ?? 0);
  return {
    passed: trailer("pass"),
    failed: trailer("fail") + trailer("cancelled"),
    skipped: trailer("skipped") + trailer("todo"),
  };
}

export function run(args) {
  const file = "test-results/node.tap";
  const reporters = ["spec", "stdout", "tap", file].map((value, i) =>
    i % 2 === 0 ? `--test-reporter=${value}` : `--test-reporter-destination=${value}`,
  );
  const status = execute(process.execPath, ["--test", ...reporters, ...args], { cwd: process.cwd() });
  const counts = existsSync(file) ? count(readFileSync(file, "utf8")) : { passed: 0, failed: 0, skipped: 0 };
  return { status, ...counts };
}
