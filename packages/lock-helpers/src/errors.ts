import { constants } from "node:os";

/** The outcomes other than success, the same in every language (spec/errors.md, ERROR-1). */
export type FileLockErrorCode =
  | "file_lock_timeout"
  | "file_lock_stale"
  | "file_lock_foreign"
  | "file_lock_lost"
  | "file_lock_guard_orphaned"
  | "file_lock_reentrant"
  | "file_lock_permission"
  | "file_lock_unsupported"
  | "file_lock_invalid_option"
  | "file_lock_io";

/** Who holds the lock, as last observed. What could not be known is left out. */
export interface LockHolder {
  /** Process id as recorded, in the holder's own PID namespace. */
  readonly pid?: number;
  /** Name of that process, if it is visible from here. Raw: escape it before you print it. */
  readonly command?: string;
  /** Milliseconds since the lock was taken, by the wall clock. */
  readonly ageMs?: number;
  /** `held`, `stale`, `being-written`, `foreign` or `unknown` (spec/verdict.md). */
  readonly verdict: string;
  /** The row of the verdict table that decided. */
  readonly reason: string;
}

/** A way to lock in the kernel, as `/proc/locks` tells it. */
export type KernelLockType = "flock" | "fcntl" | "ofd";

/** A lock that a program holds in the kernel, which neither OpenClaw nor this contract goes by. */
export interface KernelLock {
  /** The lock file, or the file that it guards. */
  readonly on: "lock" | "target";
  readonly type: KernelLockType;
  readonly access: "READ" | "WRITE";
  /** Left out where it cannot be known. */
  readonly pid?: number;
  /** Name of that process, if it is visible from here. Raw: escape it before you print it. */
  readonly command?: string;
}

/** What an error tells besides its message. Paths are raw, only the message is escaped. */
export interface FileLockErrorDetails {
  readonly target: string;
  readonly lockPath: string;
  readonly waitedMs: number;
  /** One sentence: what to do next. */
  readonly hint: string;
  readonly holder?: LockHolder | undefined;
  /** For `file_lock_foreign`: what is in the way, such as `proper-lockfile`, `flock` or `pid-file` (spec/foreign.json). */
  readonly kind?: string | undefined;
  /**
   * Where a wait has ended in a refusal: who has locked the lock file, then who has locked the target, by flock or fcntl.
   * A lock of that kind on the target keeps nobody from the lock; whoever wants both takes both.
   */
  readonly kernelLocks?: readonly KernelLock[] | undefined;
  /** The failing system call's code, such as `EACCES`. */
  readonly errno?: string | undefined;
  /** The path that the failure is about, where it is not the lock. */
  readonly path?: string | undefined;
  readonly cause?: unknown;
}

const BRAND = Symbol.for("openclaw.lock.error");
const RELEASE_ERROR = Symbol.for("openclaw.lock.releaseError");

/** The base of every error of this library. `code` is stable; the message is for people. */
export class FileLockError extends Error {
  readonly code: FileLockErrorCode;
  readonly target: string;
  readonly lockPath: string;
  readonly waitedMs: number;
  readonly hint: string;
  declare readonly holder?: LockHolder;
  declare readonly kind?: string;
  declare readonly kernelLocks?: readonly KernelLock[];
  declare readonly errno?: string;
  declare readonly path?: string;

  constructor(code: FileLockErrorCode, message: string, details: FileLockErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.target = details.target;
    this.lockPath = details.lockPath;
    this.waitedMs = details.waitedMs;
    this.hint = details.hint;
    for (const key of ["holder", "kind", "kernelLocks", "errno", "path"] as const) {
      if (details[key] !== undefined) Object.assign(this, { [key]: details[key] });
    }
    // A brand, since `instanceof` fails between the ESM and the CommonJS copy in one process.
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** The wait ended, and the lock is held or cannot be judged. */
export class FileLockTimeoutError extends FileLockError {
  constructor(message: string, details: FileLockErrorDetails) {
    super("file_lock_timeout", message, details);
  }
}

/** The holder is dead, and the caller forbade removal (`reclaim: false`). */
export class FileLockStaleError extends FileLockError {
  constructor(message: string, details: FileLockErrorDetails) {
    super("file_lock_stale", message, details);
  }
}

/** What is at the lock path is no lock of this contract nor of OpenClaw; `kind` says what. */
export class FileLockForeignError extends FileLockError {
  constructor(message: string, details: FileLockErrorDetails) {
    super("file_lock_foreign", message, details);
  }
}

/** The lock is gone or is somebody else's: what was written since is unprotected. */
export class FileLockLostError extends FileLockError {
  constructor(message: string, details: FileLockErrorDetails) {
    super("file_lock_lost", message, details);
  }
}

/** A guard that nobody can judge is in the way; the message names the command that repairs it. */
export class FileLockGuardOrphanedError extends FileLockError {
  constructor(message: string, details: FileLockErrorDetails) {
    super("file_lock_guard_orphaned", message, details);
  }
}

/** Nested acquire of a lock that the caller holds already. */
export class FileLockReentrantError extends FileLockError {
  constructor(message: string, details: FileLockErrorDetails) {
    super("file_lock_reentrant", message, details);
  }
}

/** `EACCES`, `EPERM` or `EROFS` on the directory or the lock; the message names path, owner and mode. */
export class FileLockPermissionError extends FileLockError {
  constructor(message: string, details: FileLockErrorDetails) {
    super("file_lock_permission", message, details);
  }
}

/** The platform or the file system lacks what is needed. */
export class FileLockUnsupportedError extends FileLockError {
  constructor(message: string, details: FileLockErrorDetails) {
    super("file_lock_unsupported", message, details);
  }
}

/** An argument is wrong. Nothing has been touched. */
export class FileLockInvalidOptionError extends FileLockError {
  constructor(message: string, details: FileLockErrorDetails) {
    super("file_lock_invalid_option", message, details);
  }
}

/** Any other failing system call; `errno` says which way. */
export class FileLockIoError extends FileLockError {
  constructor(message: string, details: FileLockErrorDetails) {
    super("file_lock_io", message, details);
  }
}

/** True for every error of this library, whichever copy of it (ESM or CommonJS, any version) threw it. */
export function isFileLockError(error: unknown): error is FileLockError {
  return typeof error === "object" && error !== null && (error as Record<symbol, unknown>)[BRAND] === true;
}

/** @internal Attaches the error of a failed release to the error that the guarded body threw, which is the one to be seen. */
export function attachReleaseError(bodyError: unknown, releaseError: unknown): void {
  const isObject = (typeof bodyError === "object" && bodyError !== null) || typeof bodyError === "function";
  if (!isObject || !Object.isExtensible(bodyError)) return;
  Object.defineProperty(bodyError, RELEASE_ERROR, { value: releaseError, configurable: true });
}

/**
 * The release error that came along with an error thrown by the body of `withFileLock`, if there is one: both failed,
 * and the body's error was thrown (spec/release.md, RELEASE-2).
 */
export function getReleaseError(bodyError: unknown): unknown {
  if ((typeof bodyError !== "object" && typeof bodyError !== "function") || bodyError === null) return undefined;
  return (bodyError as Record<symbol, unknown>)[RELEASE_ERROR];
}

/** @internal The code of a failed system call, such as `ENOENT`; undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  const { code, syscall, errno } = error as { code?: unknown; syscall?: unknown; errno?: unknown };
  const isOfCall = error instanceof Error && typeof code === "string" && typeof syscall === "string";
  if (!isOfCall) return undefined;
  return code.startsWith("E") ? code : (nameOf(errno) ?? code);
}

// Node has no name for some that matter, such as ESTALE and EDQUOT.
function nameOf(errno: unknown): string | undefined {
  return Object.entries(constants.errno).find(([, number]) => number === -Number(errno))?.[0];
}
