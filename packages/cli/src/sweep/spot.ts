import { setTimeout as sleep } from "node:timers/promises";
import { type Removal, sweepLock } from "@openclaw/lock-helpers/tools";
import type { Policy } from "../find/policy.js";
import { failureOf, type Spot } from "../find/survey.js";
import type { Action, Entry } from "../judge/entry.js";
import { entryOf, unreadable } from "../judge/judge.js";
import { asOther } from "../judge/unjudged.js";

export interface SweepPolicy extends Policy {
  readonly dryRun: boolean;
  /** Nobody uses the directory yet: whoever was writing a lock is dead, and that shows when it is two seconds old. */
  readonly boot: boolean;
}

const BEING_WRITTEN_MS = 2000;

/** Removes what stands there, if it may be removed. Undefined: it is gone by itself. */
export async function sweepSpot(spot: Spot, policy: SweepPolicy): Promise<Entry | undefined> {
  let removal: Removal;
  try {
    removal = await attempt(spot, policy);
    if (policy.boot && removal.verdict === "being-written") {
      await sleep(BEING_WRITTEN_MS);
      removal = await attempt(spot, policy);
    }
  } catch (error) {
    return { ...unreadable(spot.path, spot.kind, failureOf(error)), action: "failed" };
  }
  const entry = asOther(entryOf(removal, spot), removal);
  return entry && { ...entry, action: actionOf(removal, policy) };
}

function attempt({ path, staleMs }: Spot, { trustPids, dryRun, session }: SweepPolicy): Promise<Removal> {
  return sweepLock(path, { staleMs, trustPids, dryRun, session });
}

function actionOf({ removed, removable }: Removal, { dryRun }: SweepPolicy): Action {
  if (removed) return "removed";
  return dryRun && removable ? "would-remove" : "left";
}
