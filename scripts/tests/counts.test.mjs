import assert from "node:assert/strict";
import { test } from "node:test";
import { counter } from "../runners/go.mjs";
import { count as countNode } from "../runners/node.mjs";
import { count as countPytest } from "../runners/pytest.mjs";
import { count as countVitest } from "../runners/vitest.mjs";

test("pytest: errors of collection are failures", () => {
  const xml =
    '<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="0.1"></testsuite></testsuites>';
  assert.deepEqual(countPytest(xml), { passed: 4, failed: 3, skipped: 3 });
});

test("vitest: a file that could not be loaded is a failure", () => {
  const report = {
    numPassedTests: 5,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [
      { status: "failed", assertionResults: [{ status: "failed" }] },
      { status: "failed", assertionResults: [] },
    ],
  };
  assert.deepEqual(countVitest(report), { passed: 5, failed: 2, skipped: 3 });
});

test("node: a cancelled test has not passed", () => {
  const tap = "ok 1 - x\n# tests 6\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 0\n";
  assert.deepEqual(countNode(tap), { passed: 3, failed: 2, skipped: 1 });
});

function go(events) {
  const printed = [];
  const totals = counter((text) => printed.push(text));
  for (const [Action, Package, Test, Output] of events) totals.event({ Action, Package, Test, Output });
  return { counts: totals.counts(), printed: printed.join("") };
}

test("go: tests are counted, packages are not", () => {
  const { counts } = go([
    ["pass", "p", "TestA"],
    ["pass", "p", "TestA/sub"],
    ["skip", "p", "TestB"],
    ["pass", "p"],
  ]);
  assert.deepEqual(counts, { passed: 2, failed: 0, skipped: 1 });
});

test("go: a package with a failing test counts that test alone, and prints its output only", () => {
  const { counts, printed } = go([
    ["output", "p", "TestA", "noise\n"],
    ["pass", "p", "TestA"],
    ["output", "p", "TestB", "expected 1\n"],
    ["fail", "p", "TestB"],
    ["output", "p", undefined, "FAIL p\n"],
    ["fail", "p"],
  ]);
  assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 0 });
  assert.equal(printed, "expected 1\nFAIL p\n");
});

test("go: a package that does not compile, or dies, is a failure", () => {
  const { counts } = go([
    ["pass", "p", "TestA"],
    ["fail", "p"],
  ]);
  assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 0 });
});
