// npm test: every workspace's tests, those of these scripts, and the model; the last line is the total.
import { run } from "./lib/process.mjs";
import { fromRoot } from "./lib/root.mjs";
import { setUp } from "./lib/set-up.mjs";
import { clearSummaries, readSummaries, total } from "./lib/summaries.mjs";
import { turbo } from "./lib/turbo.mjs";
import { venv } from "./lib/venv.mjs";

/** The folders whose tests must have run; one that left no summary has failed. */
const suites = ["packages/lock-helpers", "python", "go", "schemas", "conformance", "scripts"];

setUp();
clearSummaries(suites);
// Nothing may keep the rest from running: the total should name every failure.
const turboStatus = turbo(["test", "--continue=dependencies-successful", ...process.argv.slice(2)]);
run(process.execPath, [fromRoot("scripts/run-tests.mjs"), "node"], { cwd: fromRoot("scripts") });
const model = run(venv("python"), [fromRoot("spec/model/run.py")]);

const results = readSummaries(suites);
results.push({ suite: "spec/model", passed: model === 0 ? 1 : 0, failed: model === 0 ? 0 : 1, skipped: 0 });
const sum = total(results);
if (turboStatus !== 0 && sum.failed === 0) sum.failed = 1;

console.log("");
for (const { suite, passed, failed, skipped, missing } of results) {
  console.log(`${suite}: ${missing ? "no result" : `${passed} passed, ${failed} failed, ${skipped} skipped`}`);
}
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exit(sum.failed === 0 ? 0 : 1);
