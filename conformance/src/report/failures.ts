import { excerpt } from "../engine/driver/fault.js";
import { formatEvent } from "../engine/run/event-log.js";
import type { RunReport } from "../engine/run/report.js";
import type { CellResult } from "../engine/run/result.js";
import { SIGN, shownOutcome } from "./terminal.js";

const EVENTS = 40;
const LOG_LINES = 10;

/** All that one needs to understand a failure and to see it again. */
export function describeFailure(result: CellResult, seed: number): string {
  const lines = [`── ${SIGN[shownOutcome(result)]}: ${result.case} in ${result.column}`];
  if (result.reason !== undefined) lines.push(`   ${result.reason}`);
  for (const { check, message } of result.failures) lines.push(`   ${check}: ${message}`);
  lines.push(`   seed ${seed}`);
  const events = result.events.slice(-EVENTS);
  if (events.length > 0) lines.push("   events, newest last:", ...events.map((event) => `     ${formatEvent(event)}`));
  for (const { driver, lines: log } of result.logs) {
    if (log.length === 0) continue;
    lines.push(`   last words of ${driver}:`, ...log.slice(-LOG_LINES).map((line) => `     ${excerpt(line)}`));
  }
  if (result.rerun !== "") lines.push(`   again: ${result.rerun}`);
  return lines.join("\n");
}

export const needsAttention = ({ outcome }: CellResult): boolean => outcome === "failed" || outcome === "could-not-run";

export function describeFailures({ results, seed }: RunReport): string {
  return results
    .filter(needsAttention)
    .map((result) => describeFailure(result, seed))
    .join("\n\n");
}
