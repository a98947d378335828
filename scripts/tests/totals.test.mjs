import assert from "node:assert/strict";
import { test } from "node:test";
import { changes } from "../lib/changes.mjs";
import { checkGofmt } from "../lib/go-tools.mjs";
import { steps } from "../lib/steps.mjs";
import { readSummaries, total, totalOf } from "../lib/summaries.mjs";
import { folder } from "./temporary.mjs";

test("a suite that left no result counts as failed", (t) => {
  const path = folder(t, { go: '{"suite":"go","passed":3,"failed":0,"skipped":1}' });
  const results = readSummaries(["go", "python"], (name) => `${path}/${name}`);
  assert.deepEqual(total(results), { passed: 3, failed: 1, skipped: 1 });
});

for (const [stdout, status, passed, failed] of [
  ["59 passed, 0 failed\n60 passed, 0 failed\n", 0, 60, 0],
  ["58 passed, 2 failed\n", 1, 58, 2],
  ["60 passed, 0 failed\n", 1, 60, 1],
  ["all current\n", 0, 1, 0],
  ["", 1, 0, 1],
]) {
  test(`a program that ends with status ${status} and ${JSON.stringify(stdout)} counts ${passed} and ${failed}`, () =>
    assert.deepEqual(totalOf(stdout, status), { passed, failed, skipped: 0 }));
}

test("every step runs, and one that fails fails the whole", () => {
  const ran = [];
  const step = (name, status) => () => {
    ran.push(name);
    return status;
  };
  const status = steps({ a: step("a", 1), b: step("b", 0) }, () => {});
  assert.deepEqual([ran, status], [["a", "b"], 1]);
});

test("steps that all succeed succeed", () =>
  assert.equal(
    steps({ a: () => 0 }, () => {}),
    0,
  ));

test("gofmt: a listed file fails although gofmt itself exits 0", () => {
  const gofmt = (stdout, status = 0) => checkGofmt(".", () => ({ status, stdout, stderr: "" }));
  assert.deepEqual([gofmt("lock.go\n"), gofmt(""), gofmt("", 2)], [1, 0, 1]);
});

test("generated files that differ, are missing or are left over are each named", () => {
  const before = new Map(Object.entries({ same: "1", edited: "by hand", old: "1" }));
  const after = new Map(Object.entries({ same: "1", edited: "1", new: "1" }));
  assert.deepEqual(changes(before, after), ["differs: edited", "was missing: new", "no longer generated: old"]);
});
