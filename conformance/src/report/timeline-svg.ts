import type { Timeline } from "../engine/run/result.js";
import { escapeHtml } from "./escape.js";

const WIDTH = 1100;
const LABEL = 150;
const RIGHT = 12;
const TOP = 22;
const TALL_ROW = 18;
const LOW_ROW = 9;
/** More rows than these are drawn low; more than that are not drawn. */
const TALL_ROWS = 30;
const MAX_ROWS = 120;
const MIN_BAR = 1.2;

type Colours = ReadonlyMap<string, string>;

const n = (value: number): string => String(Math.round(value * 100) / 100);

/** A round step that makes five to ten ticks. */
export function tickStep(lengthMs: number): number {
  const rough = Math.max(lengthMs, 0.001) / 7;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? 10 * power;
}

const label = (ms: number, step: number): string => (step >= 1000 ? `${n(ms / 1000)} s` : `${n(ms)} ms`);

/** A row for each process: holds as bars after the line of their wait, loops as pale bands, kills as crosses, overlaps in red. */
export function timelineSvg(timeline: Timeline, colours: Colours, title: string): string {
  const rows = timeline.rows.slice(0, MAX_ROWS);
  const rowHeight = rows.length > TALL_ROWS ? LOW_ROW : TALL_ROW;
  const height = TOP + rows.length * rowHeight + 8;
  const scale = (WIDTH - LABEL - RIGHT) / Math.max(timeline.lengthMs, 0.001);
  const x = (ms: number): number => LABEL + ms * scale;
  const yOf = new Map(rows.map(({ driver }, index) => [driver, TOP + index * rowHeight]));
  const colourOf = (implementation: string): string => colours.get(implementation) ?? "#7f7f7f";
  const bar = { top: rowHeight * 0.15, height: rowHeight * 0.7 };
  const parts: string[] = [];

  const step = tickStep(timeline.lengthMs);
  for (let ms = 0; ms <= timeline.lengthMs; ms += step) {
    parts.push(`<line class="tick" x1="${n(x(ms))}" y1="${TOP - 4}" x2="${n(x(ms))}" y2="${height - 6}"/>`);
    parts.push(`<text class="axis" x="${n(x(ms))}" y="${TOP - 8}">${label(ms, step)}</text>`);
  }
  for (const [index, { driver, implementation }] of rows.entries()) {
    const y = TOP + index * rowHeight;
    const baseline = n(y + rowHeight * 0.72);
    const size = rowHeight === LOW_ROW ? ' style="font-size:7px"' : "";
    parts.push(
      `<line class="row" x1="${LABEL}" y1="${n(y + rowHeight)}" x2="${WIDTH - RIGHT}" y2="${n(y + rowHeight)}"/>`,
    );
    parts.push(
      `<text class="name" fill="${colourOf(implementation)}" x="${LABEL - 8}" y="${baseline}"${size}>${escapeHtml(driver)}</text>`,
    );
  }

  const rect = (kind: string, driver: string, from: number, to: number, colour: string, tip: string): void => {
    const y = yOf.get(driver);
    if (y === undefined) return;
    const width = Math.max(MIN_BAR, (to - from) * scale);
    const place = `x="${n(x(from))}" y="${n(y + bar.top)}" width="${n(width)}" height="${n(bar.height)}"`;
    parts.push(`<rect class="${kind}" ${place} fill="${colour}"><title>${escapeHtml(tip)}</title></rect>`);
  };
  const span = (from: number, to: number): string => `${from.toFixed(1)} to ${to.toFixed(1)} ms`;

  for (const { driver, implementation, from, to = timeline.lengthMs, label: what } of timeline.activities) {
    rect("activity", driver, from, to, colourOf(implementation), `${driver}: ${what}, ${span(from, to)}`);
  }
  for (const { driver, asked, from } of timeline.holds) {
    const y = yOf.get(driver);
    if (y === undefined || (from - asked) * scale < MIN_BAR) continue;
    const middle = n(y + rowHeight / 2);
    parts.push(`<line class="wait" x1="${n(x(asked))}" y1="${middle}" x2="${n(x(from))}" y2="${middle}"/>`);
  }
  for (const { driver, implementation, from, to = timeline.lengthMs, target, ended } of timeline.holds) {
    const tip = `${driver} held ${shortPath(target)}, ${span(from, to)}, ended by ${ended ?? "the case's end"}`;
    rect("hold", driver, from, to, colourOf(implementation), tip);
  }
  for (const { first, second, from, to } of timeline.overlaps) {
    for (const { driver } of [first, second]) {
      rect("overlap", driver, from, to, "#d00000", `${first.driver} and ${second.driver} at once, ${span(from, to)}`);
    }
  }
  for (const mark of timeline.marks) {
    const y = yOf.get(mark.driver);
    if (y === undefined) continue;
    const at = x(Math.min(mark.at, timeline.lengthMs));
    parts.push(
      markSvg(
        mark.kind,
        at,
        y + rowHeight / 2,
        rowHeight * 0.28,
        `${mark.driver}: ${mark.label} at ${mark.at.toFixed(1)} ms`,
      ),
    );
  }

  const head = `<svg class="timeline" viewBox="0 0 ${WIDTH} ${n(height)}" role="img" aria-label="${escapeHtml(title)}">`;
  const rest = timeline.rows.length - rows.length;
  const notes = [
    ...(rest > 0 ? [`${rest} more processes are not drawn`] : []),
    ...(timeline.omitted > 0 ? [`${timeline.omitted} more holds are not drawn`] : []),
  ];
  const note = notes.length > 0 ? `<p class="note">${notes.join(", ")}.</p>` : "";
  return `${head}${parts.join("")}</svg>${note}`;
}

function markSvg(kind: Timeline["marks"][number]["kind"], x: number, y: number, r: number, tip: string): string {
  const title = `<title>${escapeHtml(tip)}</title>`;
  if (kind === "kill") {
    const path = `M${n(x - r)} ${n(y - r)}L${n(x + r)} ${n(y + r)}M${n(x - r)} ${n(y + r)}L${n(x + r)} ${n(y - r)}`;
    return `<path class="kill" d="${path}">${title}</path>`;
  }
  if (kind === "point") {
    const path = `M${n(x)} ${n(y - r)}L${n(x + r)} ${n(y)}L${n(x)} ${n(y + r)}L${n(x - r)} ${n(y)}Z`;
    return `<path class="point" d="${path}">${title}</path>`;
  }
  return `<line class="${kind}" x1="${n(x)}" y1="${n(y - r * 1.6)}" x2="${n(x)}" y2="${n(y + r * 1.6)}">${title}</line>`;
}

const shortPath = (path: string): string => path.split("/").slice(-2).join("/");
