import { describe, expect, test } from "vitest";
import { applyExpected, type Expected, expectedFrom, NOTHING_EXPECTED, parseExpected } from "../src/engine/expected.js";
import type { Failure } from "../src/engine/run/findings.js";
import { type CellResult, NO_STATISTICS } from "../src/engine/run/result.js";

const cell = (
  outcome: CellResult["outcome"],
  failures: Failure[] = [],
  more: Partial<CellResult> = {},
): CellResult => ({
  case: "c",
  column: "py",
  outcome,
  counts: true,
  failures,
  checks: {},
  durationMs: 1,
  statistics: NO_STATISTICS,
  events: [],
  logs: [],
  rerun: "",
  ...more,
});
const failure = { check: "held", message: "it took 31 ms" };
const entry = { case: "c", implementation: "py", check: "held", message: "it took", reason: "a bug of ours" };
const expecting = (...expected: Expected["expected"]): Expected => ({ expected, flaky: [] });
const ground = { cases: new Set(["c", "d"]), columns: new Set(["py"]), complete: true };

describe("an expected failure", () => {
  test("that fails as expected is one", () => {
    const result = cell("failed", [failure]);
    expect(applyExpected(expecting(entry), [result], ground)).toEqual([]);
    expect(result).toMatchObject({ outcome: "expected-failure", reason: "a bug of ours" });
  });
  test.each<[string, Expected["expected"][number], CellResult, RegExp]>([
    ["passes", entry, cell("passed"), /py c passes; remove the entry/],
    ["names no case", { ...entry, case: "x" }, cell("failed", [failure]), /there is no case x/],
    ["names no column", { ...entry, implementation: "x" }, cell("failed", [failure]), /there is no column x/],
    [
      "fails with another message",
      { ...entry, message: "it took 32" },
      cell("failed", [failure]),
      /fails otherwise than expected: held: it took 31 ms/,
    ],
    ["fails with another check", { ...entry, check: "free" }, cell("failed", [failure]), /no longer fails with free/],
    [
      "fails with one more",
      entry,
      cell("failed", [failure, { check: "free", message: "no" }]),
      /fails otherwise than expected: free: no/,
    ],
    ["is not applicable", entry, cell("not-applicable"), /not applicable; remove/],
    ["did not run", { ...entry, case: "d" }, cell("passed"), /py does not run d/],
  ])("that %s fails the run", (_name, listed, result, message) => {
    const complaints = applyExpected(expecting(listed), [result], ground);
    expect(complaints.join("\n")).toMatch(message);
    expect(result.outcome).not.toBe("expected-failure");
  });
  test("is left alone where this machine could not try it, or a filter left it out", () => {
    expect(applyExpected(expecting(entry), [cell("not-applicable", [], { environment: true })], ground)).toEqual([]);
    expect(applyExpected(expecting({ ...entry, case: "d" }), [cell("passed")], { ...ground, complete: false })).toEqual(
      [],
    );
  });
  test("never turns what could not run into something better", () => {
    const result = cell("could-not-run");
    applyExpected(expecting(entry), [result], ground);
    expect(result.outcome).toBe("could-not-run");
  });
});

test("a flaky case may do either", () => {
  const flaky = { expected: [], flaky: [{ case: "c", implementation: "py", reason: "slow disks" }] };
  const failed = cell("failed", [failure]);
  expect(applyExpected(flaky, [failed], ground)).toEqual([]);
  expect(failed.outcome).toBe("expected-failure");
  expect(applyExpected(flaky, [cell("passed")], ground)).toEqual([]);
});

test("what is written is what would make the run conformant, and keeps the reasons that are known", () => {
  const results = [
    cell("failed", [failure]),
    cell("failed", [{ check: "x", message: "other" }], { case: "d" }),
    cell("passed"),
  ];
  const written = expectedFrom(results, expecting(entry));
  expect(written.expected).toEqual([
    entry,
    { case: "d", implementation: "py", check: "x", message: "other", reason: "to be explained" },
  ]);
  expect(applyExpected(written, results.slice(0, 2), { ...ground, complete: true })).toEqual([]);
});

describe("the file", () => {
  test("may be empty", () => {
    expect(parseExpected("", "f")).toEqual(NOTHING_EXPECTED);
    expect(parseExpected("expected: []\nflaky: []\n", "f")).toEqual(NOTHING_EXPECTED);
  });
  test.each([
    ["unknown: []", /not unknown/],
    ["expected: {}", /is not a list/],
    ["expected: [{case: c}]", /must have exactly/],
    ["flaky: [{case: c, implementation: py, reason: ''}]", /reason is not a text/],
    [
      "expected: [{case: c, implementation: py, check: a, message: b, reason: d}]\nflaky: [{case: c, implementation: py, reason: e}]",
      /both expected to fail and flaky/,
    ],
  ])("%s is refused", (text, message) => {
    expect(() => parseExpected(text, "f")).toThrow(message);
  });
});
