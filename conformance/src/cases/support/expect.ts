import type { Attempt, CaseContext, Held, RefusalError } from "../../engine/case.js";
import { bytesOf, guardOf, isThere, traces } from "./files.js";

const described = (attempt: Attempt): string => {
  if (attempt.status !== "refused") return attempt.status;
  return `refused with ${attempt.code}: ${attempt.error.message}`;
};

/** The attempt got the lock; ends the case otherwise. */
export function gotIt(context: CaseContext, check: string, attempt: Attempt, why: string): Held {
  context.require(check, attempt.status === "acquired", () => `${why}, but it was ${described(attempt)}`);
  return attempt.held;
}

/** The attempt was refused with one of these codes; ends the case otherwise. */
export function wasRefused(
  context: CaseContext,
  check: string,
  attempt: Attempt,
  codes: string | readonly string[],
  why: string,
): RefusalError {
  const isRight = attempt.status === "refused" && [codes].flat().includes(attempt.code);
  context.require(check, isRight, () => `${why}, but it was ${described(attempt)}, not refused with ${codes}`);
  return attempt.error;
}

/** The path holds these bytes and no others. */
export function keeps(context: CaseContext, check: string, path: string, bytes: string, why: string): void {
  const now = bytesOf(path);
  context.check(check, now === bytes, () => `${why}: ${path} has become ${JSON.stringify(now.slice(0, 200))}`);
}

/** Nothing of a lock is left beside the target. */
export function leftNothing(context: CaseContext, check: string, target: string, why: string): void {
  const left = traces(target);
  context.check(check, left.length === 0, () => `${why} left ${left.join(", ")} behind`);
}

/** No guard is beside the target; a marker may be, once what it was made to break is gone: it is swept later. */
export function standsClear(context: CaseContext, check: string, target: string): void {
  context.check(check, !isThere(guardOf(target)), () => `${traces(target).join(", ")} stayed`);
}

/** Waits for all, also when one of them has failed: what each has found counts. */
export async function together(parts: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(parts);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** Runs it and says how long it took, by the suite's own clock. */
export async function timed<T>(action: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const startedAt = performance.now();
  const result = await action();
  return { result, ms: performance.now() - startedAt };
}
