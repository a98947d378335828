import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Eta } from "eta";
import { type RunReport, statisticsOf, totalsOf } from "../engine/run/report.js";
import type { CellResult, Timeline } from "../engine/run/result.js";
import { colours } from "./colours.js";
import { describeFailure, needsAttention } from "./failures.js";
import { notTried } from "./summary.js";
import { remarkOn, SIGN, shownOutcome } from "./terminal.js";
import { timelineSvg } from "./timeline-svg.js";

const templates = join(dirname(fileURLToPath(import.meta.url)), "templates");

/** One process that held once shows nothing that the matrix does not. */
const worthDrawing = ({ rows, holds, activities }: Timeline): boolean =>
  rows.length > 1 && holds.length + activities.length > 1;

/** report.html: one page that needs no other file. */
export function toHtml(report: RunReport): string {
  const eta = new Eta({ autoEscape: true, autoTrim: false });
  const names = report.columns.map(({ name }) => name);
  const byCell = new Map<string, CellResult>(
    report.results.map((result) => [`${result.case} ${result.column}`, result]),
  );
  const palette = colours(
    report.results.flatMap(({ timeline }) => timeline?.rows.map(({ implementation }) => implementation) ?? []),
  );
  const rows = report.cases
    .map((definition) => ({
      ...definition,
      cells: names.map((name) => {
        const result = byCell.get(`${definition.id} ${name}`);
        if (result === undefined) return undefined;
        const outcome = shownOutcome(result);
        const [failure] = result.failures;
        const why = failure === undefined ? remarkOn(result) : `${failure.check}: ${failure.message}`;
        const drawn = result.timeline !== undefined && worthDrawing(result.timeline);
        const link = needsAttention(result) ? `failure-${anchor(result)}` : drawn ? anchor(result) : undefined;
        return { outcome, sign: SIGN[outcome], why, link };
      }),
    }))
    .filter(({ cells }) => cells.some((cell) => cell !== undefined));
  const drawings = report.results.flatMap((result) => {
    const { timeline } = result;
    if (timeline === undefined || !worthDrawing(timeline)) return [];
    const svg = timelineSvg(timeline, palette, `Timeline of ${result.case} in ${result.column}`);
    return [{ result, svg, anchor: anchor(result), open: needsAttention(result) || timeline.overlaps.length > 0 }];
  });
  const page = {
    report,
    names,
    rows,
    drawings,
    palette: [...palette],
    totals: totalsOf(report),
    statistics: statisticsOf(report.results),
    failures: report.results.filter(needsAttention).map((result) => ({
      title: `${result.case} in ${result.column}`,
      anchor: anchor(result),
      text: describeFailure(result, report.seed),
    })),
    notTried: notTried(report.results),
    sign: SIGN,
  };
  return eta.renderString(readFileSync(join(templates, "report.eta"), "utf8"), page);
}

const anchor = (result: CellResult): string => `${result.column}-${result.case}`.replace(/[^\w-]/g, "_");
