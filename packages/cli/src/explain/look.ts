import { basename, dirname } from "node:path";
import { type Inspection, inspectLock } from "@openclaw/lock-helpers/tools";
import { sortNames } from "../find/groups.js";
import type { Policy } from "../find/policy.js";
import { meet, rootsOf } from "../find/roots.js";
import { failureOf, type Spot, spotsOf } from "../find/survey.js";
import type { Entry } from "../judge/entry.js";
import { entryOf, unreadable } from "../judge/judge.js";
import { asOther, otherEntry } from "../judge/unjudged.js";
import { safe } from "../render/words.js";
import { UsageError } from "../usage-error.js";

/** A lock, or what belongs to it, as an entry of a status, and with all that is known of it. */
export interface Looked {
  readonly entry: Entry;
  /** Undefined: it is not judged, or cannot be read. */
  readonly inspection: Inspection | undefined;
}

/** Looks at one lock, its guard and its markers, watching for silence as a sweep does. */
export async function lookAt(path: string, policy: Policy): Promise<{ lockPath: string; looked: Looked[] }> {
  const [root] = rootsOf([path], undefined);
  if (root?.kind === "unreadable") throw new UsageError(`${safe(path)} cannot be looked at (${root.why})`);
  if (root?.kind !== "lock") throw new UsageError("give one lock, or the file that it guards, not a directory");
  const looked: Looked[] = [];
  for (const met of meet(root)) {
    if (met.kind === "unreadable") throw new UsageError(`${safe(met.path)} cannot be read (${met.why})`);
    if (met.kind !== "directory") continue;
    const sorted = sortNames(met.path, met.names);
    for (const { name, other } of sorted.others)
      looked.push({ entry: otherEntry(`${met.path}/${name}`, other), inspection: undefined });
    for (const spot of spotsOf(dirname(root.path), sorted.groups, policy)) {
      const seen = await lookAtSpot(spot, policy);
      if (seen) looked.push(seen);
    }
  }
  return { lockPath: root.path, looked: wanted(looked, path) };
}

async function lookAtSpot(spot: Spot, { trustPids }: Policy): Promise<Looked | undefined> {
  try {
    const inspection = await inspectLock(spot.path, { staleMs: spot.staleMs, trustPids, watch: true });
    const entry = asOther(entryOf(inspection, spot), inspection);
    return entry && { entry, inspection: entry.kind === "other" ? undefined : inspection };
  } catch (error) {
    return { entry: unreadable(spot.path, spot.kind, failureOf(error)), inspection: undefined };
  }
}

/** Who asks for a guard does not ask for its lock. */
function wanted(looked: readonly Looked[], path: string): Looked[] {
  const name = basename(path);
  const only = looked.filter(({ entry }) => entry.kind !== "lock" && basename(entry.path) === name);
  return only.length > 0 ? only : [...looked];
}
