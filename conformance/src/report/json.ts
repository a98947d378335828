import { exitCodeOf, type RunReport, statisticsOf, totalsOf } from "../engine/run/report.js";

/** report.json: all of it, for programs. */
export function toJson(report: RunReport): string {
  const columns = report.columns.map(({ name, kind, team }) => ({
    name,
    kind,
    team: team.map((one) => ({
      name: one.name,
      kind: one.kind,
      version: one.version,
      language: one.language,
      capabilities: [...one.capabilities].sort(),
      ...(one.unavailable === undefined ? {} : { unavailable: one.unavailable }),
    })),
  }));
  const cases = report.cases.map(({ run: _run, ...definition }) => definition);
  const whole = {
    ...report,
    columns,
    cases,
    totals: totalsOf(report),
    statistics: statisticsOf(report.results),
    exitCode: exitCodeOf(report),
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}
