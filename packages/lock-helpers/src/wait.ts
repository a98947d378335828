import { setTimeout as sleep } from "node:timers/promises";
import { BlockingAsker } from "./ask-blocking.js";
import { askWitness, type Question } from "./ask-witness.js";
import { POLL_MAX_MS, POLL_MIN_MS } from "./generated/constants.js";

/** Pauses of a waiter: 1 ms, doubling to 25 ms, with jitter of half (WAIT-5). */
export class Backoff {
  #base = POLL_MIN_MS;

  next(): number {
    const pause = this.#base * (0.5 + Math.random() / 2);
    this.#base = Math.min(this.#base * 2, POLL_MAX_MS);
    return pause;
  }
}

/** Something to be done before the steps go on, which may take its time. It reports to the steps itself, and never throws. */
export interface Errand {
  readonly run: () => void | PromiseLike<void>;
}

/** Steps of an operation that waits: each yields how many milliseconds to pause, or what to ask or do, before it goes on. */
export type Steps<T> = Generator<number | Question | Errand, T, void>;

/**
 * Runs the steps, awaiting pauses and answers. When the signal aborts, its reason is thrown into the steps, which clean up.
 * The timers keep the process alive: a program that waits for a lock must not just end.
 */
export async function runAsync<T>(steps: Steps<T>, signal: AbortSignal | undefined): Promise<T> {
  let step = steps.next();
  while (!step.done) {
    try {
      const { value } = step;
      if (typeof value === "number") await sleep(value, undefined, signal ? { signal } : {});
      else if ("run" in value) await unlessAborted(value.run(), signal);
      else value.answer(await askWitness(value.directory, value.name));
    } catch {
      // Aborted: answered below.
    }
    step = signal?.aborted ? steps.throw(signal.reason) : steps.next();
  }
  return step.value;
}

async function unlessAborted(work: void | PromiseLike<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!work || !signal) return work;
  let abort = () => {};
  const aborted = new Promise<void>((resolve) => {
    abort = resolve;
    signal.addEventListener("abort", abort);
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Runs the steps, blocking the thread meanwhile. A signal cannot change meanwhile. */
export function runSync<T>(steps: Steps<T>): T {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const asker = new BlockingAsker();
  try {
    let step = steps.next();
    while (!step.done) {
      const { value } = step;
      if (typeof value === "number") Atomics.wait(never, 0, 0, value);
      else if ("run" in value) value.run();
      else value.answer(asker.ask(value.directory, value.name));
      step = steps.next();
    }
    return step.value;
  } finally {
    asker.close();
  }
}
