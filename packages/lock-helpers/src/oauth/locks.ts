import { acquireSteps } from "../acquire.js";
import { type Adopted, type Adopter, acquireOrAdoptSteps } from "../adopt.js";
import { monotonic } from "../clock.js";
import type { HeldLock } from "../held.js";
import { check, locate } from "../lock.js";
import type { FileLockOptions } from "../options.js";
import { runAsync } from "../wait.js";

/** How several locks are taken: one deadline for all of them. */
export interface Taking {
  readonly options: FileLockOptions;
  /** Monotonic ms. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Takes the locks of these targets, in this order, unless what they are wanted for is adopted meanwhile. Whatever ends
 * that, none is left behind.
 */
export async function takeAll<T>(
  targets: readonly string[],
  { options, deadline, signal }: Taking,
  adopter: Adopter<T> | undefined,
): Promise<HeldLock[] | Adopted<T>> {
  const held: HeldLock[] = [];
  try {
    for (const target of targets) {
      const request = () => {
        const timeoutMs = Math.max(0, deadline - monotonic());
        return locate(check(target, { ...options, timeoutMs, signal }, false));
      };
      const steps = adopter ? acquireOrAdoptSteps(request, adopter) : acquireSteps(request());
      const got = await runAsync<HeldLock | Adopted<T>>(steps, signal);
      if ("value" in got) {
        releaseAll(held);
        return got;
      }
      held.push(got);
    }
    return held;
  } catch (error) {
    releaseAll(held);
    throw error;
  }
}

/** In reverse order. One that was lost, or cannot be removed now, is no failure: nothing is written any more. */
export function releaseAll(held: HeldLock[]): void {
  for (const lock of held.splice(0).reverse()) {
    try {
      lock.finish();
    } catch {
      // Lost, or removed as soon as that can be done.
    }
  }
}

export function areHeld(held: readonly HeldLock[]): boolean {
  return held.length > 0 && held.every((lock) => lock.verify());
}
