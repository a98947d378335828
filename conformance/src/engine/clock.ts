import { setTimeout as sleepFor } from "node:timers/promises";

/** The suite's only clock, in ms: monotonic, and read in this process alone. */
export const now = (): number => performance.now();

export const sleep = (ms: number): Promise<void> => sleepFor(ms);

/** Waits for a promise at most so long; `undefined` when it is still pending. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
