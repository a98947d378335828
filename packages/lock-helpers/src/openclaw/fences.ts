import { monotonic } from "../clock.js";
import { printable } from "../escape.js";
import { FENCE_TIMEOUT_MS } from "../generated/constants.js";
import { seconds } from "../holder.js";
import type { Credential } from "../oauth/credential.js";
import { tokensOf } from "../oauth/credential.js";
import { RefreshError } from "../oauth/errors.js";

const LOGIN = "run: openclaw models auth login";
const MOST_FENCES = 1000;

/** Since when this process has seen a fence, in monotonic ms: nothing in it says when it was put there. */
const firstSeen = new Map<string, number>();

/** For how long, in ms, a pending fence may still be one of a refresh that lives. */
export function leftOf(credential: Credential): number {
  const fence = tokensOf(credential).join("\0");
  let since = firstSeen.get(fence);
  if (since === undefined) {
    if (firstSeen.size >= MOST_FENCES) firstSeen.clear();
    since = monotonic();
    firstSeen.set(fence, since);
  }
  return since + FENCE_TIMEOUT_MS - monotonic();
}

export function fenceFailed(name: string): RefreshError {
  return new RefreshError("refresh_rejected", `for ${printable(name)}: OpenClaw's own refresh of it has failed`, {
    hint: LOGIN,
  });
}

export function fencePending(name: string, waitedMs: number): RefreshError {
  const what = `for ${printable(name)}: OpenClaw has begun to refresh it, and was probably killed`;
  const waited = waitedMs > 0 ? `, waited ${seconds(waitedMs)}` : "";
  return new RefreshError("refresh_contention", what + waited, { hint: `wait longer, or ${LOGIN}`, waitedMs });
}
