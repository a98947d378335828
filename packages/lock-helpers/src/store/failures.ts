import { errnoOf } from "../errors.js";
import { printable } from "../escape.js";
import { ownership } from "../messages.js";
import { StoreError } from "./errors.js";
import type { InvalidKind } from "./types.js";

const FAULTS: Readonly<Record<InvalidKind, string>> = {
  huge: "is larger than 16 MiB",
  empty: "is empty",
  bom: "begins with a byte-order mark",
  nul: "contains a NUL byte",
  encoding: "is not UTF-8",
  torn: "ends inside its JSON value",
  garbage: "is not JSON",
  deep: "is nested deeper than 64 levels",
  "duplicate-key": "has a key twice in one object",
  "not-an-object": "is JSON, but has something that is no object where one must be",
};

export function invalidStore(path: string, kind: InvalidKind): StoreError {
  return new StoreError("store_invalid", FAULTS[kind], { path, kind, hint: "look at the file: nothing was changed" });
}

export function missingStore(path: string): StoreError {
  return new StoreError("store_missing", "is not there", { path, hint: "make it with the program that owns it" });
}

export function changedStore(path: string): StoreError {
  const what = "was changed by somebody who does not hold its lock";
  return new StoreError("store_changed", what, { path, hint: "begin again from the read" });
}

export function storeNotLocked(path: string, what: string): StoreError {
  const hint = "take the lock, and begin again from the read";
  return new StoreError("store_not_locked", what, { path, hint });
}

const REMEDIES: Readonly<Record<string, string>> = {
  "mount-point": "mount the directory that it is in, instead of the file",
  symlink: "name the file that the link leads to",
  "hard-link": "give it one name only",
};

/** What is no file, or cannot be replaced by one (STORE-8). */
export function unsupportedStore(path: string, kind: string): StoreError {
  const what = kind in REMEDIES ? `cannot be replaced (${kind})` : `is no file (${kind})`;
  return new StoreError("store_unsupported", what, { path, kind, hint: REMEDIES[kind] ?? "name a file" });
}

const PERMISSION = new Set(["EACCES", "EPERM", "EROFS"]);

/** As `storeFailure`, for a read: what is not there is missing. */
export function readFailure(error: unknown, path: string): unknown {
  const errno = errnoOf(error);
  return errno === "ENOENT" || errno === "ENOTDIR" ? missingStore(path) : storeFailure(error, path);
}

/** Makes a failed system call one of the codes of a store; anything else stays what it is. */
export function storeFailure(error: unknown, path: string): unknown {
  const errno = errnoOf(error);
  if (errno === undefined) return error;
  const { syscall } = error as NodeJS.ErrnoException;
  const call = `${printable(syscall ?? "call")} ${errno}`;
  const more = { path, errno, cause: error };
  if (!PERMISSION.has(errno)) {
    return new StoreError("store_io", `could not be used (${call})`, { ...more, hint: "see the system call's error" });
  }
  const owner = ownership(path);
  const what = `is not permitted (${call}${owner ? `; ${owner}` : ""})`;
  return new StoreError("store_permission", what, { ...more, hint: "give this user access, or run as the owner" });
}

export function ownerNotKept(path: string): StoreError {
  const owner = ownership(path);
  const what = `has an owner or group that a replacement by this user would lose${owner ? `; ${owner}` : ""}`;
  return new StoreError("store_permission", what, { path, hint: "run as the owner" });
}
