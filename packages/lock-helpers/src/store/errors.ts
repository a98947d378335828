import { printable } from "../escape.js";

/** The outcomes of reading and replacing a store (spec/store.md). */
export type StoreErrorCode =
  | "store_missing"
  | "store_invalid"
  | "store_unsupported"
  | "store_not_locked"
  | "store_changed"
  | "store_permission"
  | "store_io";

export interface StoreErrorDetails {
  /** Raw; only the message is escaped. */
  readonly path: string;
  /** One sentence: what to do next. */
  readonly hint: string;
  /** What is wrong with the content (STORE-2), or what it is that cannot be replaced (STORE-8). */
  readonly kind?: string | undefined;
  /** The failing system call's code, such as `EACCES`. */
  readonly errno?: string | undefined;
  readonly cause?: unknown;
}

const BRAND = Symbol.for("openclaw.store.error");

/** A store that could not be read or replaced. Holds no value of the store, and no key but those that the caller gave. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  readonly path: string;
  readonly hint: string;
  declare readonly kind?: string;
  declare readonly errno?: string;

  constructor(code: StoreErrorCode, what: string, details: StoreErrorDetails) {
    const about = `${code.replaceAll("_", " ")}: ${printable(details.path)} ${what}; ${details.hint}`;
    super(about, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "StoreError";
    this.code = code;
    this.path = details.path;
    this.hint = details.hint;
    for (const key of ["kind", "errno"] as const) {
      if (details[key] !== undefined) Object.assign(this, { [key]: details[key] });
    }
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** True for every store error of this library, whichever copy of it threw it. */
export function isStoreError(error: unknown): error is StoreError {
  return typeof error === "object" && error !== null && (error as Record<symbol, unknown>)[BRAND] === true;
}
