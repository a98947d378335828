import { isGone, isZombie, startTicks } from "./process-table.js";

/** Where the rule differs between the releases. */
export interface RuleVariant {
  /** From 2026.8.1 a pid that is no positive integer counts as absent; before, it counted as a dead owner. */
  readonly integerPidOnly: boolean;
  /** From 2026.9.3 a zombie with further threads is alive. */
  readonly zombieCountsThreads: boolean;
}

/**
 * OpenClaw's answer to "may this lock be taken": a dead, zombie or recycled owner is stale; a living one never is,
 * however old; without an owner the age of `createdAt` decides; without that, never.
 */
export function isStale(payload: unknown, staleMs: number, variant: RuleVariant, nowMs = Date.now()): boolean {
  if (payload === null || typeof payload !== "object") return false;
  const { pid, starttime, createdAt } = payload as Record<string, unknown>;
  if (names(pid, variant)) {
    if (!Number.isInteger(pid) || pid <= 0) return true;
    if (isGone(pid) || isZombie(pid, variant.zombieCountsThreads)) return true;
    return typeof starttime === "number" && differs(starttime, startTicks(pid));
  }
  if (typeof createdAt !== "string") return false;
  const createdMs = Date.parse(createdAt);
  return !Number.isFinite(createdMs) || nowMs - createdMs > staleMs;
}

function names(pid: unknown, { integerPidOnly }: RuleVariant): pid is number {
  if (typeof pid !== "number" || pid === 0 || Number.isNaN(pid)) return false;
  return !integerPidOnly || (Number.isInteger(pid) && pid > 0);
}

const differs = (recorded: number, observed: number | undefined): boolean =>
  observed !== undefined && observed !== recorded;
