import type { CaseContext, Driver, LockOptions, OkReply, Pending, RefusalError, Reply } from "../../engine/case.js";
import { replaceStore } from "./logins.js";

const AT = ["token"];

/** What a waiter waits for beside the lock: a value in a store. */
export interface Wish {
  readonly target: string;
  readonly store: string;
  /** Not this value. */
  readonly unless?: string;
}

export const storeWith = (value: string): string => `${JSON.stringify({ token: value }, null, 2)}\n`;

let handles = 0;

export interface Adopting extends Pending {
  readonly handle: string;
}

/** An acquire that takes the store's value instead of the lock if that comes first. */
export function startAdopt(context: CaseContext, driver: Driver, wish: Wish, options: LockOptions = {}): Adopting {
  handles += 1;
  const handle = `adopt-${handles}`;
  const all = { timeoutMs: context.limit(20_000), ...options };
  const pending = driver.start("adopt", { ...wish, at: AT, handle, options: all }, { timeoutMs: 60_000 });
  return Object.assign(pending, { handle });
}

export async function adopt(
  context: CaseContext,
  driver: Driver,
  wish: Wish,
  options: LockOptions = {},
): Promise<Reply> {
  return answered(context, startAdopt(context, driver, wish, options));
}

export async function answered(context: CaseContext, pending: Pending): Promise<Reply> {
  const reply = await pending.reply;
  context.require("answers", reply !== undefined, "the process has ended before it answered");
  return reply;
}

const shown = (reply: Reply): string =>
  reply.status === "ok"
    ? `ok, adopted ${String(reply["adopted"])}`
    : `refused with ${reply.code}: ${reply.error?.message}`;

/** It has the value and no lock; ends the case otherwise. */
export function adopted(context: CaseContext, check: string, reply: Reply, value: string, why: string): OkReply {
  const isRight = reply.status === "ok" && reply["adopted"] === true && reply["value"] === value;
  context.require(check, isRight, () => `${why}, but it was ${shown(reply)}`);
  return reply as OkReply;
}

/** It has the lock; ends the case otherwise. */
export function acquired(context: CaseContext, check: string, reply: Reply, why: string): OkReply {
  const isRight = reply.status === "ok" && reply["adopted"] === false;
  context.require(check, isRight, () => `${why}, but it was ${shown(reply)}`);
  return reply as OkReply;
}

export function refusedWith(
  context: CaseContext,
  check: string,
  reply: Reply,
  code: string,
  why: string,
): RefusalError {
  const isRight = reply.status === "refused" && reply.code === code;
  context.require(check, isRight, () => `${why}, but it was ${shown(reply)}, not refused with ${code}`);
  return (reply as { error: RefusalError }).error;
}

/** Waits until the process stands in its wait: it has looked at the store, and the lock is taken. */
export async function waits(context: CaseContext, pending: Pending, ms = 300): Promise<void> {
  await context.sleep(context.limit(ms));
  context.require("waits", !pending.settled, "it did not wait for the lock");
}

export { replaceStore };
