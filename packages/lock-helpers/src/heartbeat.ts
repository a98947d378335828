import { fstatSync, futimesSync } from "node:fs";
import { dirname } from "node:path";
import { FileClock, monotonic } from "./clock.js";
import { LOSS_CHECK_MS } from "./generated/constants.js";
import { compare } from "./ownership.js";
import { retryAbandoned } from "./shared.js";
import type { Publication } from "./sidecar.js";

// However short `staleMs` is chosen, a holder does not spend its time on showing that it lives.
const SHORTEST_BEAT_MS = 100;

/** How often a holder touches its lock: a third of the age at which others may doubt it. Undefined where it cannot. */
export function heartbeatOf(staleMs: number): number | undefined {
  return process.platform === "win32" ? undefined : Math.max(SHORTEST_BEAT_MS, Math.floor(staleMs / 3));
}

/**
 * Looks at the lock at least every second, touches it as often as its payload says, and calls `onLost` once when it is
 * lost (RELEASE-6, RELEASE-9). Nothing is thrown from the timer, and the timer keeps no process alive.
 *
 * @returns stops it.
 */
export function startHeartbeat(lock: Publication, heartbeatMs: number | undefined, onLost: () => void): () => void {
  const touched = new SinceWhen();
  const timer = setInterval(
    () => {
      retryAbandoned();
      if (isLost(lock)) {
        clearInterval(timer);
        onLost();
      } else if (heartbeatMs !== undefined && touched.agoMs() >= heartbeatMs) {
        touched.reset();
        touch(lock);
      }
    },
    Math.min(LOSS_CHECK_MS, heartbeatMs ?? LOSS_CHECK_MS),
  );
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Time since a moment, by the clock that shows more of it: the monotonic one stands still while the machine sleeps, the
 * other one may be set back.
 */
class SinceWhen {
  #monotonic = monotonic();
  #wall = Date.now();

  agoMs(): number {
    return Math.max(monotonic() - this.#monotonic, Date.now() - this.#wall);
  }

  reset(): void {
    this.#monotonic = monotonic();
    this.#wall = Date.now();
  }
}

// Not being able to look, as with EIO or ESTALE, is not a loss.
function isLost(lock: Publication): boolean {
  try {
    return compare(lock.path, lock.bytes) !== "ours";
  } catch {
    return false;
  }
}

// Through the descriptor: by path we might touch a successor's lock. By the file system's clock, since a server's age of
// what is dated by our own may be any. And always later than before: what does not move is taken for silent.
function touch(lock: Publication): void {
  if (lock.fd === undefined) return;
  try {
    const before = fstatSync(lock.fd).mtimeMs;
    const now = Math.max(new FileClock(dirname(lock.path)).now(), before + 1) / 1000;
    futimesSync(lock.fd, now, now);
  } catch {
    // The next beat tries again; silence is never conclusive.
  }
}
