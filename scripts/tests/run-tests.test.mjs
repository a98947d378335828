import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { capture } from "../lib/process.mjs";
import { fromRoot } from "../lib/root.mjs";
import { folder } from "./temporary.mjs";

function runTests(t, files, ...args) {
  const cwd = folder(t, { ...files, "test-results/summary.json": '{"passed":99,"failed":0}' });
  // Without this the inner `node --test` takes itself for a part of the outer one, and runs nothing.
  const result = capture(process.execPath, [fromRoot("scripts/run-tests.mjs"), ...args], {
    cwd,
    env: { NODE_TEST_CONTEXT: undefined },
  });
  const summary = join(cwd, "test-results/summary.json");
  return { ...result, summary: existsSync(summary) && JSON.parse(readFileSync(summary, "utf8")) };
}

const passing = 'require("node:test").test("passes", () => {});\n';

test("a suite that passes is counted", (t) => {
  const { status, summary } = runTests(t, { "a.test.js": passing }, "node");
  assert.equal(status, 0);
  assert.deepEqual([summary.passed, summary.failed], [1, 0]);
});

test("a suite in which no test ran has failed", (t) => {
  const { status, summary, stderr } = runTests(t, {}, "node");
  assert.equal(status, 1);
  assert.deepEqual([summary.passed, summary.failed], [0, 1]);
  assert.match(stderr, /no test ran/);
});

test("a suite in which every test was skipped has failed", (t) => {
  const { status } = runTests(t, { "a.test.js": 'require("node:test").test.skip("later", () => {});\n' }, "node");
  assert.equal(status, 1);
});

test("a file that cannot be read as code is a failure", (t) => {
  const { status, summary } = runTests(t, { "a.test.js": passing, "b.test.js": "not code (\n" }, "node");
  assert.equal(status, 1);
  assert.deepEqual([summary.passed, summary.failed], [1, 1]);
});

test("an unknown runner is a usage error, and an old result is not counted again", (t) => {
  assert.equal(runTests(t, {}, "mocha").status, 2);
});
