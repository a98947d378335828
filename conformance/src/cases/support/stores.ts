import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { CaseContext, Driver, OkReply, Pending, RefusalError, Reply } from "../../engine/case.js";

export type Edit =
  | { readonly at: readonly string[]; readonly value: unknown }
  | { readonly at: readonly string[]; readonly remove: true };

/** A store with what only its owner understands, spelled as nobody's serialiser would. */
export const ODD_STORE = '{ "zeta": 1.50,\n\t"future": {"b":[1 , 2], "a":"\\u0041"},\n\t"token": "old" }\n';

export const ODD_STORE_EDITED = '{ "zeta": 1.50,\n\t"future": {"b":[1 , 2], "a":"\\u0041"},\n\t"token": "new" }\n';

export const TO_NEW: readonly Edit[] = [{ at: ["token"], value: "new" }];

export function startUpdate(
  context: CaseContext,
  driver: Driver,
  path: string,
  edits: readonly Edit[] = TO_NEW,
  options: { readonly timeoutMs?: number; readonly staleMs?: number } = {},
): Pending {
  const all = { timeoutMs: context.limit(10_000), ...options };
  return driver.start("store-update", { path, edits, options: all }, { timeoutMs: 30_000 });
}

export async function update(
  context: CaseContext,
  driver: Driver,
  path: string,
  edits?: readonly Edit[],
  options?: { readonly timeoutMs?: number },
): Promise<Reply> {
  return settled(context, startUpdate(context, driver, path, edits, options));
}

export async function settled(context: CaseContext, pending: Pending): Promise<Reply> {
  const reply = await pending.reply;
  context.require("answers", reply !== undefined, "the process has ended before it answered");
  return reply;
}

const shown = (reply: Reply): string =>
  reply.status === "ok" ? "ok" : `refused with ${reply.code} (${reply.error?.kind}): ${reply.error?.message}`;

export function succeeded(context: CaseContext, check: string, reply: Reply, why: string): OkReply {
  context.require(check, reply.status === "ok", () => `${why}, but it was ${shown(reply)}`);
  return reply as OkReply;
}

export function storeRefused(
  context: CaseContext,
  check: string,
  reply: Reply,
  code: string | readonly string[],
  why: string,
  kind?: string,
): RefusalError {
  const isRight = reply.status === "refused" && [code].flat().includes(reply.code);
  context.require(check, isRight, () => `${why}, but it was ${shown(reply)}, not refused with ${code}`);
  const { error } = reply as { error: RefusalError };
  if (kind !== undefined)
    context.check(`${check}-kind`, error.kind === kind, () => `kind is ${error.kind}, not ${kind}`);
  return error;
}

/** The path, its type, mode, owner, links and bytes, so that any change shows. */
export function likeness(path: string): string {
  const { mode, uid, gid, nlink, ino, size } = lstatSync(path);
  const content = lstatSync(path).isFile() ? readFileSync(path, "base64") : "";
  return JSON.stringify({ mode, uid, gid, nlink, ino, size, content });
}

/** All names beside a path. */
export const namesBeside = (path: string): string => readdirSync(dirname(path)).sort().join(" ");
