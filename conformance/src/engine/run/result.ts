import type { Hold, Overlap } from "../judge/intervals.js";
import type { Activity, Mark } from "../judge/referee.js";
import type { LoggedEvent } from "./event-log.js";
import type { Failure } from "./findings.js";

/** Never mixed: each says something else about the implementation. */
export type Outcome = "passed" | "failed" | "not-applicable" | "could-not-run" | "expected-failure";

export interface CellResult {
  readonly case: string;
  readonly column: string;
  outcome: Outcome;
  /** Whether a failure fails the run: a SHOULD, or a case that this version of the contract does not score, warns. */
  readonly counts: boolean;
  /** Why it was not applicable or could not run, or why its failure was expected. */
  reason?: string;
  /** It could not run for want of something on this machine, not of the implementation. */
  readonly environment?: boolean;
  /** What was measured, and is no verdict. */
  readonly notes?: readonly string[];
  readonly failures: readonly Failure[];
  readonly checks: Readonly<Record<string, number>>;
  readonly durationMs: number;
  readonly statistics: Statistics;
  readonly timeline?: Timeline;
  readonly events: readonly LoggedEvent[];
  readonly logs: readonly { readonly driver: string; readonly lines: readonly string[] }[];
  readonly rerun: string;
}

export interface Statistics {
  readonly holds: number;
  readonly kills: number;
  readonly contended: number;
  readonly mostAtOnce: number;
}

export const NO_STATISTICS: Statistics = { holds: 0, kills: 0, contended: 0, mostAtOnce: 0 };

/** Who held when, in ms since the case began. */
export interface Timeline {
  readonly lengthMs: number;
  readonly rows: readonly { readonly driver: string; readonly implementation: string }[];
  readonly holds: readonly Hold[];
  readonly activities: readonly Activity[];
  readonly marks: readonly Mark[];
  readonly overlaps: readonly Overlap[];
  /** Holds that were left out because there are too many to draw. */
  readonly omitted: number;
}

export interface MutantResult {
  readonly mutant: string;
  readonly history: string;
  readonly case: string;
  readonly check: string;
  /** `passed`: its case failed, and for the reason that was foretold. */
  readonly outcome: "passed" | "failed" | "could-not-run" | "not-applicable";
  readonly message: string;
  readonly durationMs: number;
}
