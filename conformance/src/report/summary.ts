import Table from "cli-table3";
import { type RunReport, statisticsOf, totalsOf } from "../engine/run/report.js";
import type { CellResult } from "../engine/run/result.js";
import { describeFailures } from "./failures.js";
import { SIGN, shownOutcome } from "./terminal.js";

/** Cases by columns; a dash where a case is not for that column. */
export function matrix({ cases, columns, results }: RunReport): string {
  const byCell = new Map<string, CellResult>(results.map((result) => [`${result.case} ${result.column}`, result]));
  const table = new Table({
    head: ["case", ...columns.map(({ name }) => name)],
    style: { head: [], border: [], compact: true },
  });
  for (const { id } of cases) {
    const cells = columns.map(({ name }) => byCell.get(`${id} ${name}`));
    if (cells.every((cell) => cell === undefined)) continue;
    table.push([id, ...cells.map((cell) => (cell === undefined ? "–" : SIGN[shownOutcome(cell)]))]);
  }
  return table.length > 0 ? table.toString() : "";
}

/** Distinct reasons why something was not tried, each once, with how often. */
export function notTried(results: readonly CellResult[]): string[] {
  const reasons = new Map<string, number>();
  for (const { outcome, reason, column } of results) {
    if (outcome !== "not-applicable") continue;
    const key = `${column}: ${reason}`;
    reasons.set(key, (reasons.get(key) ?? 0) + 1);
  }
  return [...reasons].map(([reason, count]) => `not applicable: ${reason} (${count})`);
}

/** The end of a run, for a terminal; its last line stands alone. */
export function summary(report: RunReport): string {
  const totals = totalsOf(report);
  const { holds, kills, contended, mostAtOnce } = statisticsOf(report.results);
  const caught = report.mutants.filter(({ outcome }) => outcome === "passed").length;
  const seconds = (report.durationMs / 1000).toFixed(1);
  const aside = [`${totals.expected} expected failures`, `${totals.notApplicable} not applicable`];
  if (totals.warned > 0) aside.push(`${totals.warned} warnings`);
  if (totals.couldNotRun > 0) aside.push(`${totals.couldNotRun} could not run`);
  const parts = [
    describeFailures(report),
    matrix(report),
    notTried(report.results).join("\n"),
    report.mutants.length > 0 ? mutantLines(report, caught) : "",
    report.complaints.join("\n"),
    `${holds} holds, ${kills} kills, ${contended} contended acquires, ${mostAtOnce} at most at once; seed ${report.seed}, ${seconds} s`,
    `${aside.join(", ")}\n${totals.passed} passed, ${totals.failed} failed`,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function mutantLines({ mutants }: RunReport, caught: number): string {
  const lines = [`mutants: ${caught} of ${mutants.length} caught`];
  for (const { mutant, case: id, outcome, message } of mutants) {
    if (outcome !== "passed") lines.push(`  ${SIGN[outcome]}: ${mutant} against ${id}: ${message}`);
  }
  return lines.join("\n");
}
