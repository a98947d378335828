import { Acquisition, type Request } from "./attempt.js";
import { courtesyPause } from "./fairness.js";
import type { HeldLock } from "./held.js";
import { Backoff, type Steps } from "./wait.js";

// Who is beaten to it this often in a row had better pause.
const MOST_RACES_IN_A_ROW = 16;

/** The acquire loop (spec/publish.md, wait.md, reclaim.md), as steps that yield their pauses. */
export function* acquireSteps(request: Request): Steps<HeldLock> {
  return (yield* acquireUnless(request, undefined))!;
}

/**
 * As `acquireSteps`, and asks before each pause whether there is still anything to wait for.
 *
 * @returns undefined when there is not.
 */
export function* acquireUnless(
  request: Request,
  isNeedless: (() => Steps<boolean>) | undefined,
): Steps<HeldLock | undefined> {
  const acquisition = new Acquisition(request);
  const courtesyMs = Math.min(courtesyPause(request.paths.lockPath), request.settings.timeoutMs);
  if (courtesyMs > 0) yield courtesyMs;
  const backoff = new Backoff();
  for (let races = 0; ; ) {
    const outcome = acquisition.try();
    races = outcome.kind === "raced" || outcome.kind === "ask" ? races + 1 : 0;
    if (outcome.kind === "got") {
      const isKept = !outcome.isReclaimed || (yield* acquisition.settle(outcome.lock));
      if (isKept) return acquisition.hold(outcome.lock);
    } else if (outcome.kind === "ask" && races < MOST_RACES_IN_A_ROW) {
      // Also with no time left: a dead owner's lock is taken with zero retries (WAIT-3).
      yield outcome.question;
    } else if (outcome.kind === "wait" || races >= MOST_RACES_IN_A_ROW) {
      if (isNeedless && (yield* isNeedless())) return undefined;
      const remainingMs = acquisition.giveUpOrWait("obstacle" in outcome || "error" in outcome ? outcome : {});
      yield Math.min(backoff.next(), remainingMs);
    }
  }
}
