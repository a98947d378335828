import { type BigIntStats, lstatSync, rmdirSync, unlinkSync } from "node:fs";
import { acquireFileLock, isFileLockError } from "@openclaw/lock-helpers";
import { sweepLock } from "@openclaw/lock-helpers/tools";
import type { Policy } from "../find/policy.js";
import { failureOf } from "../find/survey.js";
import type { Plan } from "./plan.js";

/** What stood there when it was judged. */
export type Mark = BigIntStats;

export function markOf({ entry }: Plan): Mark | undefined {
  return lstatSync(entry.path, { bigint: true, throwIfNoEntry: false });
}

// To become silent a lock is watched for two seconds.
const FOREIGN_MS = 15_000;
const TURN_MS = 10_000;

/** Removes it, if it is still what was judged. @returns why it was not. */
export async function act(plan: Plan, mark: Mark | undefined, policy: Policy): Promise<string | undefined> {
  const { entry, means } = plan;
  const { staleMs, trustPids } = policy;
  try {
    if (means === "sweep") {
      const { removed } = await sweepLock(entry.path, { staleMs, trustPids });
      return removed ? undefined : "it is not what it was any more";
    }
    if (means === "foreign") {
      // The library judges it again, under the guard, by FOREIGN-6; what it does not call abandoned stays.
      const target = entry.path.replace(/\.lock$/, "");
      const options = { removeForeign: true, timeoutMs: FOREIGN_MS, foreignTimeoutMs: FOREIGN_MS, staleMs, trustPids };
      (await acquireFileLock(target, options)).releaseSync();
      return undefined;
    }
    return await removeGuard(entry.path, mark);
  } catch (error) {
    return isFileLockError(error) ? `${error.message}` : `it could not be removed (${failureOf(error)})`;
  }
}

/**
 * Removes a guard without an owner. Its maker is dead, and OpenClaw removes nobody else's: only somebody who repairs could
 * take it away, and let a new one come, between our last look and the removal. So those who repair take turns, by a lock.
 */
async function removeGuard(path: string, mark: Mark | undefined): Promise<string | undefined> {
  const turn = await acquireFileLock(path, { timeoutMs: TURN_MS, purpose: "openclaw-locks repair" });
  try {
    const now = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (!now || !mark || !isSame(now, mark)) return "it is not what it was any more";
    if (!turn.verify()) return "somebody else repairs it";
    if (now.isDirectory()) rmdirSync(path);
    else unlinkSync(path);
    return undefined;
  } finally {
    turn.releaseSync();
  }
}

function isSame(one: Mark, other: Mark): boolean {
  return (["dev", "ino", "size", "mtimeNs", "ctimeNs"] as const).every((key) => one[key] === other[key]);
}
