import type { ImplementationRef } from "../case.js";
import { findOverlaps, type Hold } from "../judge/intervals.js";
import type { CaseReferee } from "../judge/referee.js";
import type { Timeline } from "./result.js";

const MAX_HOLDS = 2000;

/** `go#2` before `go#10`. */
const order = new Intl.Collator("en", { numeric: true });

/** What the referee recorded, for a picture; undefined where nobody held anything. */
export function drawUp(
  referee: CaseReferee,
  drivers: readonly { readonly name: string; readonly implementation: ImplementationRef }[],
  start: number,
  end: number,
): Timeline | undefined {
  if (referee.recorded.length === 0 && referee.activities.length === 0) return undefined;
  const since = (at: number): number => Math.max(0, at - start);
  const move = <T extends { from: number; to: number | undefined }>(span: T): T => ({
    ...span,
    from: since(span.from),
    to: since(Math.max(span.to ?? end, span.from)),
  });
  const overlaps = findOverlaps(referee.recorded, end);
  const guilty = new Set<Hold>(overlaps.flatMap(({ first, second }) => [first, second]));
  const innocent = referee.recorded.filter((hold) => !guilty.has(hold));
  const drawn = [...guilty, ...innocent].slice(0, MAX_HOLDS);
  return {
    lengthMs: end - start,
    rows: drivers
      .map(({ name, implementation }) => ({ driver: name, implementation: implementation.name }))
      .sort((a, b) => order.compare(a.driver, b.driver)),
    holds: drawn.map((hold) => ({ ...move(hold), asked: since(hold.asked) })),
    activities: referee.activities.map(move),
    marks: referee.marks.map((mark) => ({ ...mark, at: since(mark.at) })),
    overlaps: overlaps
      .slice(0, MAX_HOLDS)
      .map((overlap) => ({ ...overlap, from: since(overlap.from), to: since(overlap.to) })),
    omitted: referee.recorded.length - drawn.length,
  };
}
