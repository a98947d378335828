import { describe, expect, test } from "vitest";
import { readCatalogue, type Scenario } from "../src/engine/catalogue.js";
import { allCases } from "../src/engine/registry.js";
import { type ReportedRun, toMatrix } from "../src/report/matrix.js";

const scenario = (over: Partial<Scenario>): Scenario => ({
  ...{ name: "a", group: "core", asks: "something", cases: ["one", "two"] },
  ...over,
});

function run(outcomes: Readonly<Record<string, string>>, column = "go"): ReportedRun {
  const results = Object.entries(outcomes).map(([id, outcome]) => ({
    ...{ case: id, column, outcome, failures: outcome === "failed" ? [{ check: "no-overlap" }] : [] },
    ...(outcome === "meets-itself" && { outcome: "not-applicable", reason: "go would meet itself" }),
  }));
  const columns = [{ name: column, team: [{ version: "1.2.3" }] }];
  return { suite: "1.0.0", spec: 1, seed: 7, platform: "linux", startedAt: "2026-11-24T00:00:00Z", columns, results };
}

function cells(scenarios: readonly Scenario[], ...runs: ReportedRun[]): string[] {
  const line = toMatrix(scenarios, runs)
    .split("\n")
    .find((text) => text.includes("`a`"));
  return line!
    .split("|")
    .slice(4, -2)
    .map((text) => text.trim());
}

describe("the catalogue", () => {
  const scenarios = readCatalogue();

  test("has sixty scenarios, each once", () => {
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(60);
    expect(scenarios).toHaveLength(60);
  });

  test("names cases that the suite has", () => {
    const known = new Set(allCases.map(({ id }) => id));
    expect(scenarios.flatMap(({ cases }) => cases).filter((id) => !known.has(id))).toEqual([]);
  });

  test("has a case or a reason for each", () => {
    expect(scenarios.filter(({ cases, why }) => cases.length > 0 === (why !== undefined))).toEqual([]);
  });
});

describe("a cell of the matrix", () => {
  test.each([
    ["ok", { one: "passed", two: "passed" }],
    ["part", { one: "passed", two: "not-applicable" }],
    ["n/a", { one: "not-applicable", two: "not-applicable" }],
    ["known limit", { one: "expected-failure", two: "not-applicable" }],
    ["**no**: `no-overlap`", { one: "passed", two: "failed" }],
    ["**no**: `could not run`", { one: "passed", two: "could-not-run" }],
    ["–", {}],
  ])("is %s", (shown, outcomes) => {
    expect(cells([scenario({})], run(outcomes))).toEqual([shown]);
  });

  test("is ok where one of several ways is enough", () => {
    expect(cells([scenario({ any: true })], run({ one: "passed", two: "not-applicable" }))).toEqual(["ok"]);
  });

  test("is that of the column where they meet, if it has none of its own", () => {
    const mix = run({ one: "passed" }, "mix");
    expect(cells([scenario({})], run({}), mix)).toEqual(["ok together"]);
    expect(cells([scenario({})], run({ one: "meets-itself" }), mix)).toEqual(["ok together"]);
    expect(cells([scenario({})], run({}), run({ one: "failed" }, "mix"))).toEqual(["**no** together"]);
  });

  test("says so where there is no case", () => {
    const without = scenario({ cases: [], why: "there is no Windows here" });
    expect(cells([without], run({}))).toEqual(["not run"]);
    expect(toMatrix([without], [run({})])).toContain("`a` is not run: there is no Windows here.");
  });
});
