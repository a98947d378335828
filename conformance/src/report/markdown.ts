import { type RunReport, statisticsOf, totalsOf } from "../engine/run/report.js";
import type { CellResult } from "../engine/run/result.js";
import { describeFailure, needsAttention } from "./failures.js";
import { notTried } from "./summary.js";
import { SIGN, shownOutcome } from "./terminal.js";

const cellText = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const row = (cells: readonly string[]): string => `| ${cells.map(cellText).join(" | ")} |`;

/** report.md: for a pull request. */
export function toMarkdown(report: RunReport): string {
  const totals = totalsOf(report);
  const { holds, kills, contended, mostAtOnce } = statisticsOf(report.results);
  const names = report.columns.map(({ name }) => name);
  const byCell = new Map<string, CellResult>(
    report.results.map((result) => [`${result.case} ${result.column}`, result]),
  );
  const rows = report.cases
    .filter(({ id }) => names.some((name) => byCell.has(`${id} ${name}`)))
    .map(({ id, level, rules }) => {
      const cells = names.map((name) => byCell.get(`${id} ${name}`));
      const signs = cells.map((cell) => (cell === undefined ? "–" : SIGN[shownOutcome(cell)]));
      return row([`\`${id}\``, level, rules.join(", "), ...signs]);
    });
  const bad = report.results.filter(needsAttention);
  const lines = [
    "# Conformance",
    "",
    `**${totals.passed} passed, ${totals.failed} failed**, ${totals.expected} expected failures, ` +
      `${totals.notApplicable} not applicable, ${totals.warned} warnings. Contract version ${report.spec}, suite ${report.suite}, ` +
      `${report.platform}, seed ${report.seed}.`,
    "",
    `${holds} holds, ${kills} kills, ${contended} contended acquires, ${mostAtOnce} at most at once.`,
    "",
    row(["case", "level", "rules", ...names]),
    row(["---", "---", "---", ...names.map(() => "---")]),
    ...rows,
  ];
  const reasons = notTried(report.results);
  if (reasons.length > 0) lines.push("", ...reasons.map((reason) => `- ${reason}`));
  const noted = report.results.filter(({ notes }) => notes !== undefined);
  if (noted.length > 0) {
    lines.push("", "## Notes", "");
    for (const { case: id, column, notes = [] } of noted) lines.push(`- \`${id}\`, ${column}: ${notes.join("; ")}`);
  }
  if (report.mutants.length > 0) {
    lines.push("", "## Mutants", "", row(["mutant", "bug of", "case", "check", "outcome"]), row(Array(5).fill("---")));
    for (const { mutant, history, case: id, check, outcome, message } of report.mutants) {
      const caught = outcome === "passed" ? "caught" : `${SIGN[outcome]}: ${message}`;
      lines.push(row([`\`${mutant}\``, history, `\`${id}\``, `\`${check}\``, caught]));
    }
  }
  if (report.complaints.length > 0)
    lines.push("", "## Complaints", "", ...report.complaints.map((text) => `- ${text}`));
  if (bad.length > 0) {
    lines.push("", "## Failures");
    for (const result of bad)
      lines.push("", "```text", describeFailure(result, report.seed).replaceAll("```", "'''"), "```");
  }
  return `${lines.join("\n")}\n`;
}
