import type { Entry } from "../judge/entry.js";
import type { Finding, Findings } from "../log/collect.js";
import type { Release } from "./release.js";
import type { Stores } from "./stores.js";

/** All that a diagnosis is made of. */
export interface Case {
  readonly findings: Findings;
  readonly entries: readonly Entry[];
  readonly stores: Stores;
  readonly release: Release;
  /** The state directory, if it is here. */
  readonly stateDir: string | undefined;
  /** What was looked through, as words of a command line; none: the default. */
  readonly paths: readonly string[];
}

/** How many models were replaced by another one: what users see of all this. */
export function fallbacks({ findings }: Case): number {
  return findings.of("fallback").reduce((sum, { count }) => sum + count, 0);
}

/** From the first of these lines to the last, in ms; undefined where they have no full times. */
export function spanOf({ first, last }: Finding): number | undefined {
  const [from, to] = [Date.parse(first.time ?? ""), Date.parse(last.time ?? "")];
  return Number.isFinite(from) && Number.isFinite(to) && to >= from ? to - from : undefined;
}
