import type {
  CaseContext,
  Driver,
  ImplementationRef,
  LockOptions,
  PendingAcquire,
  SpawnOptions,
} from "../../engine/case.js";
import { stateOf } from "./machine.js";

/** The steps of the contract at which a process can be met, in their order. */
export const ACQUIRE_POINTS: readonly string[] = ["acquire:looked", "acquire:candidate", "acquire:linked"];
export const RELEASE_POINTS: readonly string[] = ["release:compared", "release:unlinked"];
export const RECLAIM_POINTS: readonly string[] = [
  "reclaim:judged",
  "reclaim:guarded",
  "reclaim:rejudged",
  "reclaim:unlinked",
  "reclaim:published",
  "reclaim:unguarding",
];

/** Longer than the time for which a new holder waits and verifies (RECLAIM-5). */
export const STAND_MS = [30, 60] as const;

export interface Stopped {
  readonly driver: Driver;
  readonly pending: PendingAcquire;
}

export interface Place {
  readonly implementation?: ImplementationRef;
  readonly options?: SpawnOptions;
}

/** A fresh process whose acquire of the target stands still at the point. */
export async function stoppedAt(
  context: CaseContext,
  point: string,
  target: string,
  options: LockOptions = {},
  place: Place = {},
): Promise<Stopped> {
  const driver = await context.spawn(place.implementation, { env: {}, ...place.options });
  await driver.arm(point, "stop");
  const pending = driver.startAcquire(target, { timeoutMs: context.limit(20_000), ...options });
  await driver.nextEvent(point);
  return { driver, pending };
}

/** Whoever stands still at a point goes on after a little while. */
export function keepAwake(context: CaseContext, processes: readonly Driver[]): { end(): Promise<void> } {
  let isOver = false;
  const watch = (async () => {
    while (!isOver) {
      for (const driver of processes) {
        if (!driver.alive || stateOf(driver.osPid) !== "T") continue;
        // The line that announced the stop was written before it, and is read meanwhile.
        await context.sleep(context.random.integer(...STAND_MS));
        if (driver.alive) driver.cont();
      }
      await context.sleep(2);
    }
  })();
  const end = async (): Promise<void> => {
    isOver = true;
    await watch;
  };
  context.cleanup(end);
  return { end };
}
