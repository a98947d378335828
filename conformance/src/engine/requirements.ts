import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CaseDefinition } from "./case.js";
import { packageRoot } from "./data.js";

/** Which cases count for one version of the contract. Frozen: a case that is added later fails nobody who passed before. */
export interface Requirements {
  readonly spec: number;
  readonly scored: readonly string[];
  /** Known, but not scored, with the reason. */
  readonly notScored: Readonly<Record<string, string>>;
}

export const SPEC_VERSION = 1;

export const requirementsFile = (spec: number): string => join(packageRoot, "requirements", `${spec}.json`);

export function readRequirements(spec = SPEC_VERSION): Requirements {
  return JSON.parse(readFileSync(requirementsFile(spec), "utf8")) as Requirements;
}

/** An id that is gone was renamed or removed, which is never allowed. */
export function requirementFaults(
  { scored, notScored, spec }: Requirements,
  cases: readonly CaseDefinition[],
): string[] {
  const ids = new Set(cases.map(({ id }) => id));
  const placed = [...scored, ...Object.keys(notScored)];
  const faults = placed
    .filter((id) => !ids.has(id))
    .map((id) => `requirements/${spec}.json names ${id}, which is no case`);
  const twice = placed.filter((id, index) => placed.indexOf(id) !== index);
  return [...faults, ...twice.map((id) => `requirements/${spec}.json names ${id} twice`)];
}

/** Cases of which nobody has said yet whether they are scored. */
export function undecided({ scored, notScored }: Requirements, cases: readonly CaseDefinition[]): string[] {
  return cases.map(({ id }) => id).filter((id) => !scored.includes(id) && !(id in notScored));
}
