import type { LockHolder } from "../errors.js";
import type { Credential } from "./credential.js";

/** The outcomes of a refresh other than success (spec/refresh.md). */
export type RefreshErrorCode =
  | "refresh_contention"
  | "refresh_rejected"
  | "refresh_outcome_unknown"
  | "refresh_not_saved"
  | "refresh_failed"
  | "refresh_identity"
  | "refresh_unavailable";

/** What a refresh came to. */
export interface RefreshResult {
  /** `fresh`: nothing to do; `adopted`: somebody else has done it; `refreshed`: the refresh function was called. */
  readonly how: "fresh" | "adopted" | "refreshed";
  readonly access: string;
  /** Epoch milliseconds; undefined where the store has no number there. */
  readonly expires: number | undefined;
  /** All of it, as stored. */
  readonly credential: Credential;
}

/** A completed refresh that could not be saved. */
export interface Unsaved {
  readonly credential: Credential;
  retrySave(): Promise<RefreshResult>;
}

export interface RefreshErrorDetails {
  /** One sentence: what to do next. */
  readonly hint: string;
  readonly waitedMs?: number | undefined;
  readonly holder?: LockHolder | undefined;
  /** Path of the intent that is in the way, or stays. */
  readonly intent?: string | undefined;
  /** The provider's OAuth error code. */
  readonly reason?: string | undefined;
  readonly cause?: unknown;
}

const BRAND = Symbol.for("openclaw.refresh.error");
const REJECTED = Symbol.for("openclaw.refresh.rejected");
const NOT_SENT = Symbol.for("openclaw.refresh.notSent");

/** A refresh that has ended without a fresh credential. Shows no token, however it is printed or serialised. */
export class RefreshError extends Error {
  readonly code: RefreshErrorCode;
  readonly hint: string;
  readonly waitedMs: number;
  declare readonly holder?: LockHolder;
  declare readonly intent?: string;
  declare readonly reason?: string;
  // No inspection, serialisation or enumeration shows what is private.
  readonly #unsaved: Unsaved | undefined;

  constructor(code: RefreshErrorCode, message: string, details: RefreshErrorDetails, unsaved?: Unsaved) {
    super(
      `${code.replaceAll("_", " ")} ${message}; ${details.hint}`,
      "cause" in details ? { cause: details.cause } : {},
    );
    this.name = "RefreshError";
    this.code = code;
    this.hint = details.hint;
    this.waitedMs = details.waitedMs ?? 0;
    for (const key of ["holder", "intent", "reason"] as const) {
      if (details[key] !== undefined) Object.assign(this, { [key]: details[key] });
    }
    Object.defineProperty(this, BRAND, { value: true });
    this.#unsaved = unsaved;
  }

  /** Of `refresh_not_saved` and `refresh_identity`: what the provider gave. Keep it, or the login is lost. */
  credential(): Credential | undefined {
    return this.#unsaved?.credential;
  }

  /** Of `refresh_not_saved`: saves it now. Saving twice does no harm. Throws a `RefreshError` again where that fails. */
  async retrySave(): Promise<RefreshResult> {
    if (!this.#unsaved) throw this;
    return this.#unsaved.retrySave();
  }
}

/** True for every refresh error of this library, whichever copy of it threw it. */
export function isRefreshError(error: unknown): error is RefreshError {
  return isBranded(error, BRAND);
}

/** Thrown by a refresh function: the provider's final no to this token, such as `invalid_grant`. */
export class RefreshRejected extends Error {
  /** The provider's OAuth error code. */
  readonly reason: string;

  constructor(reason = "invalid_grant") {
    super("the provider has rejected the refresh token");
    this.name = "RefreshRejected";
    this.reason = reason;
    Object.defineProperty(this, REJECTED, { value: true });
  }
}

/** Thrown by a refresh function: nothing can have been consumed, since no request was made or it was refused unread. */
export class RefreshNotSent extends Error {
  constructor(message = "no request was accepted") {
    super(message);
    this.name = "RefreshNotSent";
    Object.defineProperty(this, NOT_SENT, { value: true });
  }
}

export function isRejected(error: unknown): error is RefreshRejected {
  return isBranded(error, REJECTED);
}

export function isNotSent(error: unknown): error is RefreshNotSent {
  return isBranded(error, NOT_SENT);
}

// Not by class: the refresh function may have it from another entry point, or from the other module system.
function isBranded(error: unknown, brand: symbol): boolean {
  return typeof error === "object" && error !== null && (error as Record<symbol, unknown>)[brand] === true;
}
