import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";

/** Reads the events of `go test -json` one by one: counts tests, and keeps the output of those that have not passed. */
export function counter(print) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const outputs = new Map();
  const failedPackages = new Set();
  const packagesWithFailedTest = new Set();
  const outcomes = { pass: "passed", fail: "failed", skip: "skipped" };
  return {
    event({ Action: action, Package: name, Test: test, Output: output }) {
      const key = `${name}\0${test ?? ""}`;
      if (action === "output") outputs.set(key, (outputs.get(key) ?? "") + output);
      if (action === "build-output") print(output);
      if (!(action in outcomes)) return;
      if (test) counts[outcomes[action]] += 1;
      if (action === "fail") (test ? packagesWithFailedTest : failedPackages).add(name);
      if (action === "fail" || !test) print(outputs.get(key) ?? "");
      outputs.delete(key);
    },
    /** A package that failed without a failing test did not compile, panicked or timed out. */
    counts() {
      const broken = [...failedPackages].filter((name) => !packagesWithFailedTest.has(name)).length;
      return { ...counts, failed: counts.failed + broken };
    },
  };
}

export async function run(args) {
  const child = spawn("go", ["test", "-json", ...(args.length > 0 ? args : ["./..."])], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const log = createWriteStream("test-results/go.jsonl");
  const totals = counter((text) => process.stdout.write(text));
  const exited = new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (status) => resolve(status ?? 1));
  });
  for await (const line of createInterface({ input: child.stdout })) {
    log.write(`${line}\n`);
    if (line.startsWith("{")) totals.event(JSON.parse(line));
    else console.log(line);
  }
  log.end();
  return { status: await exited, ...totals.counts() };
}
