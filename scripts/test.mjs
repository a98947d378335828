// npm test: every workspace's tests, those of these scripts, and the model; the last line is the total.
import { capture, run } from "./lib/process.mjs";
import { fromRoot } from "./lib/root.mjs";
import { setUp } from "./lib/set-up.mjs";
import { clearSummaries, readSummaries, total, totalOf } from "./lib/summaries.mjs";
import { turbo } from "./lib/turbo.mjs";
import { venv } from "./lib/venv.mjs";

/** The folders whose tests must have run; one that left no summary has failed. */
const suites = ["packages/lock-helpers", "packages/cli", "python", "go", "schemas", "conformance", "scripts"];

setUp();
clearSummaries(suites);
// Nothing may keep the rest from running: the total should name every failure.
const turboStatus = turbo(["test", "--continue=dependencies-successful", ...process.argv.slice(2)]);
run(process.execPath, [fromRoot("scripts/run-tests.mjs"), "node"], { cwd: fromRoot("scripts") });

/** What proves the contract itself. */
const contract = [
  ["spec/vectors/build.py", "--check"],
  ["spec/vectors/oracle.py"],
  ["spec/vectors/oracle_store.py"],
  ["spec/vectors/oracle_state.py"],
  ["spec/vectors/oracle_refresh.py"],
  ["spec/vectors/oracle_foreign.py"],
  ["spec/model/run.py"],
];
const proofs = contract.map(([program, ...args]) => {
  const { status, stdout, stderr } = capture(venv("python"), [fromRoot(program), ...args]);
  console.log(`\n${program}:\n${stdout}${stderr}`);
  return { suite: program, ...totalOf(stdout, status) };
});

const results = [...readSummaries(suites), ...proofs];
const sum = total(results);
if (turboStatus !== 0 && sum.failed === 0) sum.failed = 1;

console.log("");
for (const { suite, passed, failed, skipped, missing } of results) {
  console.log(`${suite}: ${missing ? "no result" : `${passed} passed, ${failed} failed, ${skipped} skipped`}`);
}
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exit(sum.failed === 0 ? 0 : 1);
