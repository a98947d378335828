import { CALL_TIMEOUT_MS, REFRESH_STALE_MS, REFRESH_TIMEOUT_MS } from "../generated/constants.js";
import { invalidOptionError } from "../messages.js";
import { type FileLockOptions, OptionFault, readOptions, type Settings, time } from "../options.js";
import type { Credential, TokenAnswer } from "./credential.js";

/** What a refresh function is given. */
export interface RefreshRequest {
  readonly refreshToken: string;
  /** As stored. */
  readonly credential: Credential;
  /** Fires when `callTimeoutMs` is over: ten seconds later the request is given up. */
  readonly signal: AbortSignal;
}

/**
 * Makes one request, and never a second one: it follows no redirect, and does not try again by itself.
 *
 * @returns what the token endpoint has answered.
 * @throws RefreshRejected for the provider's final no to this token; RefreshNotSent where nothing can have been consumed.
 * Anything else means that nobody knows whether the token was spent.
 */
export type RefreshFunction = (request: RefreshRequest) => TokenAnswer | PromiseLike<TokenAnswer>;

/** The lock options that a refresh has, with its own defaults: `timeoutMs` 150,000 for all locks together, `staleMs` 180,000. */
export interface RefreshLockOptions
  extends Pick<
    FileLockOptions,
    | "timeoutMs"
    | "signal"
    | "staleMs"
    | "foreignTimeoutMs"
    | "purpose"
    | "createParent"
    | "witness"
    | "trustPids"
    | "removeForeign"
    | "onWait"
  > {}

export interface RefreshOptions extends RefreshLockOptions {
  /** Called at most once. */
  readonly refresh: RefreshFunction;
  /** Whether a credential need not be refreshed. Default: its access token has more than 5 minutes to go. */
  readonly isFresh?: ((credential: Credential) => boolean) | undefined;
  /** An access token that was refused: a credential that still has it is not fresh. */
  readonly rejected?: string | undefined;
  /**
   * `if-dead`: send a token again whose first request nobody knows the outcome of, once its sender is proven dead. Where the
   * provider revokes the login for that (reuse detection), the login is lost. Default `never`.
   */
  readonly resend?: "never" | "if-dead" | undefined;
  /** Longest time in ms that the refresh function may take. Default 120,000. */
  readonly callTimeoutMs?: number | undefined;
}

/** @internal Options with every default filled in. */
export interface Plan {
  readonly refresh: RefreshFunction;
  readonly isFresh: (credential: Credential) => boolean;
  readonly rejected: string | undefined;
  readonly mayResend: boolean;
  readonly callTimeoutMs: number;
  readonly settings: Settings;
  readonly lockOptions: FileLockOptions;
}

/** @internal Checks and completes the options (ERROR-4). Touches nothing. */
export function planOf(name: string, options: RefreshOptions, isFresh: (credential: Credential) => boolean): Plan {
  try {
    return read(options, isFresh);
  } catch (error) {
    throw error instanceof OptionFault ? invalidOptionError(name, error.message) : error;
  }
}

function read(options: RefreshOptions, isFresh: (credential: Credential) => boolean): Plan {
  const { refresh, rejected, resend = "never", callTimeoutMs } = options;
  if (typeof refresh !== "function") throw new OptionFault("refresh must be a function");
  const test = options.isFresh ?? isFresh;
  if (typeof test !== "function") throw new OptionFault("isFresh must be a function");
  const isToken = rejected === undefined || rejected === null || typeof rejected === "string";
  if (!isToken) throw new OptionFault("rejected must be an access token");
  if (resend !== "never" && resend !== "if-dead") throw new OptionFault("resend must be never or if-dead");
  const { timeoutMs = REFRESH_TIMEOUT_MS, staleMs = REFRESH_STALE_MS, purpose = "refresh", signal, ...rest } = options;
  const { foreignTimeoutMs, createParent, witness, trustPids, removeForeign, onWait } = rest;
  const others = { foreignTimeoutMs, createParent, witness, trustPids, removeForeign, onWait };
  const lockOptions = { timeoutMs, staleMs, purpose, signal, ...others };
  return {
    ...{ refresh, rejected: rejected ?? undefined, mayResend: resend === "if-dead", isFresh: test },
    callTimeoutMs: time("callTimeoutMs", callTimeoutMs) ?? CALL_TIMEOUT_MS,
    ...{ settings: readOptions(lockOptions), lockOptions },
  };
}
