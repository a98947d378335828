import { monotonic } from "../clock.js";
import { printable } from "../escape.js";
import { WAIT_FOR_FRESH_TIMEOUT_MS } from "../generated/constants.js";
import { describe, seconds } from "../holder.js";
import { invalidOptionError } from "../messages.js";
import type { Credential } from "../oauth/credential.js";
import { tokensOf } from "../oauth/credential.js";
import { RefreshError } from "../oauth/errors.js";
import { unavailable } from "../oauth/outcomes.js";
import { type FileLockOptions, OptionFault, readOptions } from "../options.js";
import { runAsync } from "../wait.js";
import { isUsable } from "./credential.js";
import { Profile, type ProfileOptions } from "./profile.js";
import { type Watched, Watcher } from "./watch.js";

export interface WaitForFreshOptions
  extends ProfileOptions,
    Pick<FileLockOptions, "timeoutMs" | "signal" | "trustPids"> {
  /** An access token that was refused: a credential that still has it is waited past. */
  readonly rejected?: string | undefined;
}

/**
 * Waits, without a lock, until OpenClaw has a usable credential for the profile: the way to use a login of an OpenClaw whose
 * store is SQLite, which refreshes it itself whenever it uses it.
 *
 * @param options.timeoutMs default 130,000.
 * @throws RefreshError: `refresh_contention` when somebody is refreshing it, `refresh_unavailable` when nobody is,
 * `refresh_rejected` when OpenClaw's refresh has failed. StoreError where the store cannot be read at all.
 */
export async function waitForFreshCredential(options: WaitForFreshOptions): Promise<Credential> {
  const startedAt = monotonic();
  const profile = new Profile(options);
  const { timeoutMs = WAIT_FOR_FRESH_TIMEOUT_MS, signal, trustPids, rejected } = options;
  const settings = settingsOf(profile.name, { timeoutMs, signal, trustPids });
  if (signal?.aborted) throw signal.reason;
  const watcher = new Watcher(profile, settings.trustPids, (credential) => {
    return isUsable(credential) && tokensOf(credential)[1] !== rejected;
  });
  const found = await runAsync(watcher.wait(startedAt + timeoutMs, startedAt), signal);
  if (found) return profile.checked(found);
  profile.checked(watcher.seen.credential);
  throw nothingCame(profile, watcher.seen, monotonic() - startedAt);
}

function settingsOf(name: string, options: FileLockOptions) {
  try {
    return readOptions(options);
  } catch (error) {
    throw error instanceof OptionFault ? invalidOptionError(name, error.message) : error;
  }
}

function nothingCame({ name }: Profile, { isUnderWay, holder }: Watched, waitedMs: number): Error {
  const waited = `waited ${seconds(waitedMs)}`;
  if (!isUnderWay) {
    return unavailable(
      name,
      `no usable credential, and nobody is refreshing it, ${waited}`,
      "use the profile in OpenClaw, or run: openclaw models auth login",
    );
  }
  const who = holder ? `, its lock ${describe(holder)}` : "";
  const what = `for ${printable(name)}: it is being refreshed${who}, ${waited}`;
  const hint = "wait longer (timeoutMs); the login is not affected";
  return new RefreshError("refresh_contention", what, { hint, holder, waitedMs });
}
