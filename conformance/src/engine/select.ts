import { type CaseDefinition, PROFILES, type Profile } from "./case.js";

/** `*` stands for anything, also for nothing; all else for itself. */
export function matches(pattern: string, text: string): boolean {
  const source = pattern
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${source}$`).test(text);
}

export interface Selection {
  readonly cases: readonly CaseDefinition[];
  /** Patterns that nothing answers to. */
  readonly unmatched: readonly string[];
}

/** Cases by id, or by group and id: `release-*`, `faults/*`. */
export function selectCases(
  cases: readonly CaseDefinition[],
  patterns: readonly string[],
  profile: Profile,
): Selection {
  const inProfile = cases.filter((one) => PROFILES.indexOf(one.profile) <= PROFILES.indexOf(profile));
  if (patterns.length === 0) return { cases: inProfile, unmatched: [] };
  const answers = (pattern: string, { id, group }: CaseDefinition): boolean =>
    matches(pattern, id) || matches(pattern, `${group}/${id}`);
  return {
    cases: inProfile.filter((one) => patterns.some((pattern) => answers(pattern, one))),
    unmatched: patterns.filter((pattern) => !inProfile.some((one) => answers(pattern, one))),
  };
}
