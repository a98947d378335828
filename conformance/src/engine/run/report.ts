import type { CaseDefinition } from "../case.js";
import type { Column } from "./plan.js";
import type { CellResult, MutantResult, Statistics } from "./result.js";

/** Everything that a run has shown; what the reports are made of. */
export interface RunReport {
  readonly suite: string;
  readonly spec: number;
  readonly seed: number;
  readonly scale: number;
  readonly full: boolean;
  readonly strict: boolean;
  readonly platform: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly columns: readonly Column[];
  readonly cases: readonly CaseDefinition[];
  readonly results: readonly CellResult[];
  readonly mutants: readonly MutantResult[];
  /** What is wrong with the run as a whole: expected failures that are none, drivers that would not end. */
  readonly complaints: readonly string[];
}

export interface Totals {
  readonly passed: number;
  /** All that fails the run: failures that count, what could not run, mutants that were not caught, complaints. */
  readonly failed: number;
  /** Of those: what could not run. */
  readonly couldNotRun: number;
  readonly warned: number;
  readonly expected: number;
  readonly notApplicable: number;
}

export function totalsOf({ results, mutants, complaints }: RunReport): Totals {
  const count = (wanted: (result: CellResult) => boolean): number => results.filter(wanted).length;
  const caught = mutants.filter(({ outcome }) => outcome === "passed").length;
  const unable = mutants.filter(({ outcome }) => outcome === "could-not-run").length;
  const inapplicable = mutants.filter(({ outcome }) => outcome === "not-applicable").length;
  const couldNotRun = count(({ outcome }) => outcome === "could-not-run") + unable;
  const failed = count(({ outcome, counts }) => outcome === "failed" && counts);
  const survived = mutants.length - caught - unable - inapplicable;
  return {
    passed: count(({ outcome }) => outcome === "passed") + caught,
    failed: failed + couldNotRun + survived + complaints.length,
    couldNotRun,
    warned: count(({ outcome, counts }) => outcome === "failed" && !counts),
    expected: count(({ outcome }) => outcome === "expected-failure"),
    notApplicable: count(({ outcome }) => outcome === "not-applicable") + inapplicable,
  };
}

export function statisticsOf(results: readonly CellResult[]): Statistics {
  const sum = (of: (statistics: Statistics) => number): number =>
    results.reduce((all, one) => all + of(one.statistics), 0);
  return {
    holds: sum(({ holds }) => holds),
    kills: sum(({ kills }) => kills),
    contended: sum(({ contended }) => contended),
    mostAtOnce: Math.max(0, ...results.map(({ statistics }) => statistics.mostAtOnce)),
  };
}

export const EXIT = { conformant: 0, nonconformant: 1, usage: 2, couldNotRun: 3, nothingSelected: 4 } as const;

/** A run in which nothing ran shows nothing, and must not look like one in which all was well. */
export function exitCodeOf(report: RunReport): number {
  const { passed, failed, couldNotRun, warned, expected } = totalsOf(report);
  if (passed + failed + warned + expected === 0) return EXIT.nothingSelected;
  if (failed > couldNotRun) return EXIT.nonconformant;
  return couldNotRun > 0 ? EXIT.couldNotRun : EXIT.conformant;
}
