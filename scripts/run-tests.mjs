// Called by the `test` script of a workspace, in its folder: node ../scripts/run-tests.mjs <vitest|pytest|go|node> [arguments]
// Prints what the runner prints, and leaves test-results/summary.json for the total that `npm test` ends with.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import * as go from "./runners/go.mjs";
import * as node from "./runners/node.mjs";
import * as pytest from "./runners/pytest.mjs";
import * as vitest from "./runners/vitest.mjs";

const runners = { go, node, pytest, vitest };
const [name, ...args] = process.argv.slice(2);
const runner = runners[name];
if (!runner) {
  console.error(`run-tests: expected one of ${Object.keys(runners).join(", ")}, got ${name ?? "nothing"}`);
  process.exit(2);
}

rmSync("test-results", { recursive: true, force: true });
mkdirSync("test-results");
const { status, passed, failed, skipped } = await runner.run(args);

// A runner that ran nothing, or that failed without a failing test (a syntax error, a crash), is a failure by itself.
let failures = failed;
if (passed + failed === 0) console.error(`${name}: no test ran`);
if (failures === 0 && (status !== 0 || passed === 0)) failures = 1;

const suite = basename(process.cwd());
writeFileSync("test-results/summary.json", `${JSON.stringify({ suite, passed, failed: failures, skipped })}\n`);
console.log(`${suite}: ${passed} passed, ${failures} failed, ${skipped} skipped`);
process.exit(failures === 0 ? 0 : 1);
