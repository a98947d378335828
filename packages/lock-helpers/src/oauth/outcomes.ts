import type { FileLockError, FileLockErrorCode, LockHolder } from "../errors.js";
import { printable } from "../escape.js";
import { describe, seconds } from "../holder.js";
import { RefreshError, type Unsaved } from "./errors.js";

/** What says that somebody else has the lock, or may have it (REFRESH-3). */
const ENDS_OF_WAITS: ReadonlySet<FileLockErrorCode> = new Set([
  "file_lock_timeout",
  "file_lock_foreign",
  "file_lock_stale",
  "file_lock_guard_orphaned",
]);

export function isEndOfWait({ code }: FileLockError): boolean {
  return ENDS_OF_WAITS.has(code);
}

const SIGN_IN = "sign in again";
const UNAFFECTED = "the login is not affected";

export function lockContention(name: string, cause: FileLockError, waitedMs: number): RefreshError {
  const { message, holder } = cause;
  return new RefreshError("refresh_contention", `for ${printable(name)}: ${message}`, {
    ...{ hint: UNAFFECTED, waitedMs, holder, cause },
  });
}

/** Somebody else's refresh was under way for the whole wait. */
export function underWay(name: string, intent: string, holder: LockHolder | undefined, waitedMs: number): RefreshError {
  const who = holder ? `, ${describe(holder)}` : "";
  const what = `for ${printable(name)}: a refresh is under way (${printable(intent)}${who}), waited ${seconds(waitedMs)}`;
  const hint = `wait longer (timeoutMs), or see what ${pidOf(holder)} is doing; ${UNAFFECTED}`;
  return new RefreshError("refresh_contention", what, { hint, holder, intent, waitedMs });
}

export function locksKeepGetting(name: string, waitedMs: number): RefreshError {
  const what = `for ${printable(name)}: others keep taking its lock or changing it, waited ${seconds(waitedMs)}`;
  return new RefreshError("refresh_contention", what, { hint: `wait longer (timeoutMs); ${UNAFFECTED}`, waitedMs });
}

function pidOf(holder: LockHolder | undefined): string {
  return holder?.pid === undefined ? "its maker" : `pid ${holder.pid}`;
}

export function rejectedBefore(name: string, intent: string, reason: string | undefined): RefreshError {
  const what = `for ${printable(name)}: the provider has rejected its refresh token${inBrackets(reason)}`;
  return new RefreshError("refresh_rejected", what, { hint: SIGN_IN, intent, reason });
}

function inBrackets(reason: string | undefined): string {
  return reason === undefined ? "" : ` (${printable(reason, 64)})`;
}

export function sentBefore(
  name: string,
  intent: string,
  found: { readonly what: string; readonly ageMs?: number | undefined; readonly holder?: LockHolder | undefined },
): RefreshError {
  const age = found.ageMs === undefined ? "" : ` ${seconds(found.ageMs)} ago`;
  const what = `for ${printable(name)}: ${found.what}${age} (${printable(intent)}), and nobody knows the answer`;
  const hint = `${SIGN_IN}, or, if the provider bears a second request with one token, use resend: "if-dead"`;
  return new RefreshError("refresh_outcome_unknown", what, { hint, intent, holder: found.holder });
}

export function outcomeUnknown(name: string, intent: string, why: string): RefreshError {
  const what = `for ${printable(name)}: the request may have spent the refresh token: ${why}`;
  const hint = `${SIGN_IN}, or, if the provider bears a second request with one token, use resend: "if-dead"`;
  return new RefreshError("refresh_outcome_unknown", what, { hint, intent });
}

export function refreshFailed(name: string, why: string): RefreshError {
  return new RefreshError("refresh_failed", `for ${printable(name)}: no request was accepted: ${why}`, {
    hint: `try again; ${UNAFFECTED}`,
  });
}

export function unavailable(name: string, why: string, hint = "sign in"): RefreshError {
  return new RefreshError("refresh_unavailable", `for ${printable(name)}: ${why}`, { hint });
}

export function identityDiffers(name: string, intent: string, unsaved: Unsaved): RefreshError {
  const what = `for ${printable(name)}: the provider has answered for another account than the stored one`;
  const hint = "sign in with the right one; credential() has what it gave";
  return new RefreshError("refresh_identity", what, { hint, intent }, unsaved);
}

export function notSaved(name: string, intent: string, cause: unknown, unsaved: Unsaved): RefreshError {
  const why = cause instanceof Error ? cause.message : "another credential is stored by now";
  const what = `for ${printable(name)}: refreshed, but not saved: ${why}`;
  const hint = "mend that, then call retrySave(); credential() has what the provider gave";
  const details = { hint, intent, ...(cause instanceof Error && { cause }) };
  return new RefreshError("refresh_not_saved", what, details, unsaved);
}
