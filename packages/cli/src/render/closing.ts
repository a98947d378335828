import type { State } from "../judge/entry.js";
import type { Tally } from "./summary.js";
import { count, STATE_WORDS, safe } from "./words.js";

/** What a walk has passed. */
export interface Passed {
  readonly skipped: { readonly path: string; readonly why: string }[];
  readonly unreadable: { readonly path: string; readonly why: string }[];
  readonly absent: { readonly path: string; readonly title: string }[];
}

const ORDER: readonly State[] = [
  "stale",
  "foreign",
  "orphaned",
  "unknown",
  "unreadable",
  "held",
  "being-written",
  "in-use",
  "leftover",
  "other",
  "free",
];

/** The last lines: what there was, and what was not looked at. */
export function closing(tally: Tally, passed: Passed): string[] {
  return [...absences(passed), summary(tally), ...omissions(passed)];
}

function absences({ absent }: Passed): string[] {
  return absent.map(({ path, title }) => `${title === "" ? "" : `${title}: `}${safe(path)} does not exist.`);
}

function summary({ states, actions }: Tally): string {
  const counts = (words: readonly (readonly [number | undefined, string])[]) =>
    words
      .filter(([number]) => number)
      .map(([number, word]) => `${number} ${word}`)
      .join(", ");
  const { removed, left, failed } = actions;
  const wouldRemove = actions["would-remove"];
  if (removed || left || failed || wouldRemove) {
    return `${counts([
      [removed, "removed"],
      [wouldRemove, "would be removed"],
      [left, "left"],
      [failed, "failed"],
    ])}.`;
  }
  const text = counts(ORDER.map((state) => [states[state], STATE_WORDS[state][0]]));
  return text === "" ? "No locks." : `${text}.`;
}

function omissions({ skipped, unreadable }: Passed): string[] {
  const lines = unreadable.map(({ path, why }) => `Could not read ${safe(path)}: ${why}.`);
  for (const why of new Set(skipped.map((one) => one.why))) {
    const paths = skipped.filter((one) => one.why === why).map((one) => one.path);
    lines.push(
      `Passed over: ${paths.length === 1 ? safe(paths[0]!) : count(paths.length, "director").replace(/s$/, "ies")} (${why}).`,
    );
  }
  return lines;
}
