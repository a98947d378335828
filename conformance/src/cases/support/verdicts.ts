import type { CaseContext, Driver } from "../../engine/case.js";
import { gotIt, keeps, timed, wasRefused } from "./expect.js";
import { bytesOf, guardOf, isThere, lockOf, traces } from "./files.js";

/** A try without waiting takes the lock over, in good time, and leaves no guard. */
export async function takenAtOnce(
  context: CaseContext,
  contender: Driver,
  target: string,
  check: string,
  why: string,
  options: { readonly staleMs?: number } = {},
): Promise<void> {
  const { result, ms } = await timed(() => contender.tryAcquire(target, { timeoutMs: 0, ...options }));
  const held = gotIt(context, check, result, why);
  context.check(`${check}-at-once`, ms < context.limit(3_000), () => `it took ${Math.round(ms)} ms`);
  context.check(`${check}-no-guard`, !isThere(guardOf(target)), "the guard was left behind");
  if (contender.implementation.kind !== "peer") {
    context.check(`${check}-verified`, await held.verify(), "the new holder does not hold what it took");
  }
  await held.release();
}

/** A wait of several times `staleMs` ends with a time-out, and the lock is as it was. */
export async function keptFromTaking(
  context: CaseContext,
  contender: Driver,
  target: string,
  check: string,
  why: string,
  options: { readonly staleMs?: number; readonly timeoutMs?: number } = {},
): Promise<void> {
  const bytes = bytesOf(lockOf(target));
  const attempt = await contender.tryAcquire(target, { timeoutMs: 400, staleMs: 100, ...options });
  wasRefused(context, check, attempt, "file_lock_timeout", why);
  keeps(context, `${check}-untouched`, lockOf(target), bytes, why);
  const guards = traces(target).filter((name) => name.includes(".reclaim"));
  context.check(`${check}-no-guard`, guards.length === 0, () => `${guards.join(", ")} was left behind`);
}
