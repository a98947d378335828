import { monotonic } from "./clock.js";
import { POLL_MAX_MS } from "./generated/constants.js";
import { shared } from "./shared.js";

const LONGEST_STREAK_MS = 20;
const COURTESY_MS = 2;

/**
 * How long an acquire should pause before its first look, in ms: a process that takes the same lock again and again
 * lets others in (WAIT-6).
 */
export function courtesyPause(lockPath: string): number {
  const streak = shared.streaks.get(lockPath);
  if (!streak || streak.heldMs < LONGEST_STREAK_MS) return 0;
  shared.streaks.delete(lockPath);
  // Released longer ago than the longest pause: every waiter has had its look since.
  return monotonic() - streak.releasedAt < POLL_MAX_MS ? COURTESY_MS : 0;
}

export function noteRelease(lockPath: string, hasWaited: boolean, heldSince: number): void {
  const now = monotonic();
  if (hasWaited) {
    shared.streaks.delete(lockPath);
    return;
  }
  const before = shared.streaks.get(lockPath)?.heldMs ?? 0;
  if (shared.streaks.size >= 1000) shared.streaks.clear();
  shared.streaks.set(lockPath, { heldMs: before + now - heldSince, releasedAt: now });
}
