import { basename, join } from "node:path";
import { type Group, type Sorted, sortNames } from "../find/groups.js";
import { inOrder } from "../find/in-order.js";
import { leftoversOf, spotsOf } from "../find/survey.js";
import type { Action, Entry } from "../judge/entry.js";
import { unreadable } from "../judge/judge.js";
import { ageOf, looseEntry, otherEntry } from "../judge/unjudged.js";
import { type SweepPolicy, sweepSpot } from "./spot.js";

export type { SweepPolicy };

/** Sweeps one directory: what nothing needs, dead guards, dead locks; then what their removal has made useless. */
export async function* sweepDirectory(
  directory: string,
  names: readonly string[],
  policy: SweepPolicy,
): AsyncGenerator<Entry, void> {
  const sorted = sortNames(directory, names);
  const ages = new Map(names.map((name) => [name, ageOf(join(directory, name))]));
  const before = await leftoversOf(directory, sorted, policy);
  const swept = (name: string, kind: Entry["kind"]) =>
    before.names.has(name) &&
    looseEntry({ path: join(directory, name), kind, ageMs: ages.get(name), isLeftover: true });

  const sweepGroup = (group: Group) => sweepSpots(directory, group, policy, swept);
  for await (const entries of inOrder(sorted.groups, sweepGroup)) yield* entries;
  for (const { name, other } of sorted.others) yield { ...otherEntry(join(directory, name), other), action: "left" };
  if (sorted.loose.length > 0) yield* await sweepLoose(directory, sorted, ages, before.names, policy);
}

// One after the other: a guard keeps everybody from its lock.
async function sweepSpots(
  directory: string,
  group: Group,
  policy: SweepPolicy,
  swept: (name: string, kind: Entry["kind"]) => Entry | false | undefined,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const spot of spotsOf(directory, [group], policy, true)) {
    const leftover = swept(basename(spot.path), spot.kind);
    const entry = leftover ? { ...leftover, action: removal(policy) } : await sweepSpot(spot, policy);
    if (entry) entries.push(entry);
  }
  const isGuarded = entries.some(({ kind, action }) => kind === "guard" && (action === "left" || action === "failed"));
  return entries.map((entry) => withObstacle(entry, isGuarded));
}

/** A dead lock that is still there has something in its way, which its own state does not tell. */
function withObstacle(entry: Entry, isGuarded: boolean): Entry {
  if (entry.kind !== "lock" || entry.state !== "stale") return entry;
  if (isGuarded)
    return { ...entry, action: "left", explanation: `${entry.explanation} Its guard keeps everybody from it.` };
  if (entry.action !== "left") return entry;
  return { ...entry, explanation: `${entry.explanation} Somebody else is at work on it.` };
}

/** Candidates and witnesses: once more, since a witness is needed no more when the lock that named it has gone. */
async function sweepLoose(
  directory: string,
  sorted: Sorted,
  ages: ReadonlyMap<string, number | undefined>,
  before: ReadonlySet<string>,
  policy: SweepPolicy,
): Promise<Entry[]> {
  const after = await leftoversOf(directory, sorted, policy);
  return sorted.loose.flatMap(({ name, kind }) => {
    const path = join(directory, name);
    if (after.errno) return [{ ...unreadable(path, kind, after.errno), action: "failed" as const }];
    const isLeftover = before.has(name) || after.names.has(name);
    const ageMs = isLeftover ? ages.get(name) : ageOf(path);
    const entry = looseEntry({ path, kind, ageMs, isLeftover });
    return entry ? [{ ...entry, action: isLeftover ? removal(policy) : ("left" as const) }] : [];
  });
}

function removal({ dryRun }: SweepPolicy): Action {
  return dryRun ? "would-remove" : "removed";
}
