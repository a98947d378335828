import { describe, expect, test } from "vitest";
import type { CaseDefinition, ImplementationRef, MutantDefinition, Profile } from "../src/engine/case.js";
import { quoteWord, splitCommand } from "../src/engine/command-line.js";
import type { Probed } from "../src/engine/implementations.js";
import { applyPatches, judgeMutant } from "../src/engine/mutant.js";
import { seededRandom } from "../src/engine/random.js";
import { allCases, allMutants, registryFaults } from "../src/engine/registry.js";
import { readRequirements, requirementFaults, undecided } from "../src/engine/requirements.js";
import { planCells, possibleColumns } from "../src/engine/run/plan.js";
import { EXIT, exitCodeOf, type RunReport, totalsOf } from "../src/engine/run/report.js";
import { type CellResult, NO_STATISTICS } from "../src/engine/run/result.js";
import { selectCases } from "../src/engine/select.js";
import { badDriver, caseOf } from "./harness.js";

const named = (id: string, more: Partial<CaseDefinition> = {}): CaseDefinition =>
  caseOf(async () => {}, { id, ...more });

describe("this suite's own definitions", () => {
  test("are sound", () => {
    expect(registryFaults()).toEqual([]);
  });
  test("are all placed by the requirements, and none is gone", () => {
    const requirements = readRequirements();
    expect(requirementFaults(requirements, allCases)).toEqual([]);
    expect(undecided(requirements, allCases)).toEqual([]);
  });
  test("give every case a mutant, or the reason why none can be", () => {
    const covered = new Set(allMutants.map((mutant) => mutant.case));
    // A case that runs only in a mix meets no mutant.
    const alone = allCases.filter(({ columns = ["own"] }) => columns.includes("own"));
    const bare = alone.filter(({ id, noMutant }) => !covered.has(id) && noMutant === undefined).map(({ id }) => id);
    const excused = allCases
      .filter(({ id, noMutant }) => covered.has(id) && noMutant !== undefined)
      .map(({ id }) => id);
    expect(excused).toEqual([]);
    expect(bare).toEqual([]);
  });
});

test("faults of a definition are found", () => {
  const mutant = { name: "m", history: "", case: "none", check: "c", patches: [] } satisfies MutantDefinition;
  const faults = registryFaults([named("a"), named("a"), named("1st"), named("b", { rules: [] })], [mutant]);
  expect(faults).toEqual([
    "case a: the id is taken twice",
    "case 1st: the id is not a slug",
    "case b: cites no rule",
    "mutant m: there is no case none",
    "mutant m: changes nothing",
  ]);
});

test("a case that was renamed or is placed twice is found", () => {
  const requirements = { spec: 1, scored: ["a", "gone", "b"], notScored: { b: "later" } };
  expect(requirementFaults(requirements, [named("a"), named("b")])).toEqual([
    "requirements/1.json names gone, which is no case",
    "requirements/1.json names b twice",
  ]);
  expect(undecided(requirements, [named("a"), named("new")])).toEqual(["new"]);
});

test("cases are selected by id, by group and by profile", () => {
  const cases = [
    named("release-twice"),
    named("dead-owner", { group: "staleness", profile: "reclaim" }),
    named("two-live", { group: "container", profile: "container" }),
  ];
  const ids = (patterns: string[], profile: Profile = "container") => {
    const { cases: selected, unmatched } = selectCases(cases, patterns, profile);
    return [...selected.map(({ id }) => id), ...unmatched.map((pattern) => `!${pattern}`)];
  };
  expect(ids([])).toEqual(["release-twice", "dead-owner", "two-live"]);
  expect(ids([], "reclaim")).toEqual(["release-twice", "dead-owner"]);
  expect(ids([], "basic")).toEqual(["release-twice"]);
  expect(ids(["release-*"])).toEqual(["release-twice"]);
  expect(ids(["staleness/*", "nope"])).toEqual(["dead-owner", "!nope"]);
  expect(ids(["release"])).toEqual(["!release"]);
  expect(ids(["release.twice"])).toEqual(["!release.twice"]);
});

describe("columns and cells", () => {
  const probed = (name: string, more: Partial<Probed> = {}): Probed => ({
    ...badDriver("good"),
    name,
    kind: "helper",
    mixes: true,
    version: "1",
    language: "x",
    stderrTail: [],
    ...more,
  });
  const helpers = [probed("a"), probed("b")];
  const peers = [probed("p", { kind: "peer" }), probed("old", { kind: "peer", mixes: false })];
  const everyone = [...helpers, ...peers];
  const column = (name: string, all: readonly Probed[] = everyone) =>
    possibleColumns(all).find((one) => one.name === name)!;

  test("there is one for each, one for all that mix, and one for each pair of helpers", () => {
    expect(possibleColumns(everyone).map(({ name }) => name)).toEqual(["a", "b", "p", "old", "mix", "a+b"]);
    expect(column("mix").team.map(({ name }) => name)).toEqual(["a", "b", "p"]);
  });
  test("a case runs only in its kind of column", () => {
    const cases = [named("own"), named("both", { columns: ["own", "mix"] })];
    const ids = (name: string) => planCells(column(name), cases, peers, true).map(({ definition }) => definition.id);
    expect(ids("a")).toEqual(["own", "both"]);
    expect(ids("mix")).toEqual(["both"]);
    expect(ids("a+b")).toEqual(["both"]);
  });
  test("an undeclared capability makes it not applicable, and says so", () => {
    const [cell] = planCells(column("a"), [named("c", { needs: ["guard"] })], peers, true);
    expect(cell?.settled).toEqual({
      outcome: "not-applicable",
      reason: "a does not declare guard",
      environment: false,
    });
  });
  test("what a case finds in an implementation can make it not applicable, and it says so", () => {
    const inapplicable = ({ name }: ImplementationRef) => (name === "a" ? "a is no cluster" : undefined);
    const settled = (name: string) => planCells(column(name), [named("c", { inapplicable })], peers, true)[0]?.settled;
    expect(settled("a")).toEqual({ outcome: "not-applicable", reason: "a is no cluster", environment: false });
    expect(settled("b")).toBeUndefined();
  });
  test("an implementation that did not start could not be run", () => {
    const [cell] = planCells(column("x", [probed("x", { unavailable: "not built" })]), [named("c")], peers, true);
    expect(cell?.settled).toMatchObject({ outcome: "could-not-run", reason: "not built" });
  });
  test("peers that are missing fail this suite's own run, and only that", () => {
    const missing = [probed("p", { kind: "peer", unavailable: "no Node 22" })];
    const settled = (required: boolean) =>
      planCells(column("a"), [named("c", { peers: true })], missing, required)[0]?.settled;
    expect(settled(true)).toMatchObject({ outcome: "could-not-run", reason: "p: no Node 22" });
    expect(settled(false)).toMatchObject({ outcome: "not-applicable", environment: true });
    expect(planCells(column("a"), [named("c", { peers: true })], peers, true)[0]?.others).toHaveLength(2);
  });
});

describe("totals and exit status", () => {
  const cell = (outcome: CellResult["outcome"], counts = true): CellResult => ({
    case: "c",
    column: "a",
    outcome,
    counts,
    failures: [],
    checks: {},
    durationMs: 0,
    statistics: NO_STATISTICS,
    events: [],
    logs: [],
    rerun: "",
  });
  const mutant = (outcome: "passed" | "failed" | "could-not-run" | "not-applicable") =>
    ({ mutant: "m", history: "", case: "c", check: "x", outcome, message: "", durationMs: 0 }) as const;
  const report = (results: CellResult[], more: Partial<RunReport> = {}): RunReport => ({
    suite: "0",
    spec: 1,
    seed: 1,
    scale: 1,
    full: false,
    strict: false,
    platform: "",
    startedAt: "",
    durationMs: 0,
    columns: [],
    cases: [],
    results,
    mutants: [],
    complaints: [],
    ...more,
  });

  test.each<[string, RunReport, number, string]>([
    ["all passed", report([cell("passed")]), EXIT.conformant, "1/0"],
    ["one failed", report([cell("passed"), cell("failed")]), EXIT.nonconformant, "1/1"],
    ["a SHOULD failed", report([cell("passed"), cell("failed", false)]), EXIT.conformant, "1/0"],
    ["one could not run", report([cell("passed"), cell("could-not-run")]), EXIT.couldNotRun, "1/1"],
    ["both", report([cell("failed"), cell("could-not-run")]), EXIT.nonconformant, "0/2"],
    ["an expected failure", report([cell("expected-failure")]), EXIT.conformant, "0/0"],
    ["nothing was applicable", report([cell("not-applicable")]), EXIT.nothingSelected, "0/0"],
    ["nothing at all", report([]), EXIT.nothingSelected, "0/0"],
    ["a complaint", report([cell("passed")], { complaints: ["stale entry"] }), EXIT.nonconformant, "1/1"],
    ["a mutant survived", report([cell("passed")], { mutants: [mutant("failed")] }), EXIT.nonconformant, "1/1"],
    ["a mutant was caught", report([], { mutants: [mutant("passed")] }), EXIT.conformant, "1/0"],
    ["a mutant could not be built", report([], { mutants: [mutant("could-not-run")] }), EXIT.couldNotRun, "0/1"],
    [
      "a mutant for another machine",
      report([cell("passed")], { mutants: [mutant("not-applicable")] }),
      EXIT.conformant,
      "1/0",
    ],
  ])("%s", (_name, given, status, totals) => {
    const { passed, failed } = totalsOf(given);
    expect(exitCodeOf(given)).toBe(status);
    expect(`${passed}/${failed}`).toBe(totals);
  });
});

describe("mutants", () => {
  const patch = { file: "src/x.ts", find: "a < b", replace: "a > b" };
  test("a patch must fit exactly once", () => {
    expect(applyPatches("if (a < b) {}", [patch])).toBe("if (a > b) {}");
    expect(() => applyPatches("if (a <= b) {}", [patch])).toThrow("src/x.ts: the text to replace stands there 0 times");
    expect(() => applyPatches("a < b, a < b", [patch])).toThrow("2 times");
  });
  test("a replacement is taken literally", () => {
    expect(applyPatches("a < b", [{ ...patch, replace: "$& $1" }])).toBe("$& $1");
  });

  const mutant = { name: "m", history: "", case: "c", check: "held", also: ["referee/overlap"], patches: [patch] };
  const result = (outcome: CellResult["outcome"], ...checks: string[]) =>
    ({ outcome, failures: checks.map((check) => ({ check, message: "said so" })) }) as unknown as CellResult;
  test.each<[string, CellResult, string, RegExp]>([
    ["fails as foretold", result("failed", "held"), "passed", /said so/],
    ["fails with a consequence that was foreseen", result("failed", "referee/overlap", "held"), "passed", /said so/],
    ["passes", result("passed"), "failed", /survived/],
    ["fails otherwise", result("failed", "free"), "failed", /not with held: free/],
    ["fails with the consequence alone", result("failed", "referee/overlap"), "failed", /not with held/],
    [
      "fails for another reason too",
      result("failed", "held", "driver/timeout"),
      "failed",
      /another reason too: driver\/timeout/,
    ],
    ["could not run", result("could-not-run"), "could-not-run", /could-not-run/],
  ])("one whose case %s", (_name, given, outcome, message) => {
    const [verdict, text] = judgeMutant(mutant, given);
    expect(verdict).toBe(outcome);
    expect(text).toMatch(message);
  });
});

test("a seed replays the same numbers for the same case and column", () => {
  const draw = (seed: number, ...parts: string[]) => {
    const random = seededRandom(seed, ...parts);
    return [random.integer(0, 1000), random.next(), ...random.shuffle([1, 2, 3, 4, 5])];
  };
  expect(draw(7, "c", "py")).toEqual(draw(7, "c", "py"));
  expect(draw(7, "c", "py")).not.toEqual(draw(8, "c", "py"));
  expect(draw(7, "c", "py")).not.toEqual(draw(7, "c", "go"));
  const random = seededRandom(1);
  const many = Array.from({ length: 1000 }, () => random.integer(1, 3));
  expect(new Set(many)).toEqual(new Set([1, 2, 3]));
});

test("commands are split like a shell's, without expansion", () => {
  expect(splitCommand("python -m mydriver")).toEqual(["python", "-m", "mydriver"]);
  expect(splitCommand(`a "b c" 'd "e' f\\ g "" $HOME`)).toEqual(["a", "b c", 'd "e', "f g", "", "$HOME"]);
  expect(splitCommand("  ")).toEqual([]);
  expect(() => splitCommand("a 'b")).toThrow("not closed");
  expect(splitCommand(["a b", "it's", "", "x=1"].map(quoteWord).join(" "))).toEqual(["a b", "it's", "", "x=1"]);
});
