import { linkSync, lstatSync, renameSync } from "node:fs";
import { syncDirectory } from "../descriptor.js";
import { errnoOf } from "../errors.js";
import { invalidOptionError } from "../messages.js";
import { absoluteTarget, type LockPaths, resolvePaths } from "../paths.js";
import { point } from "../points.js";
import { NO_LINKS } from "../sidecar.js";
import { editBytes } from "./edit.js";
import { changedStore, invalidStore, storeFailure, storeNotLocked, unsupportedStore } from "./failures.js";
import { isSameIdentity, readStoreFile } from "./file.js";
import { NotAValue } from "./json.js";
import { InvalidStore } from "./parse.js";
import { checkReplaceable } from "./replaceable.js";
import { sweepStores } from "./sweep.js";
import { Temporary } from "./temporary.js";
import type { HeldStoreLock, StoreEdit, StoreSnapshot } from "./types.js";

/** The bytes that the edits make of a snapshot. */
export function edited({ path, bytes }: StoreSnapshot, edits: readonly StoreEdit[]): Buffer {
  try {
    return editBytes(Buffer.from(bytes), edits);
  } catch (error) {
    if (error instanceof InvalidStore) throw invalidStore(path, error.kind);
    throw error instanceof NotAValue ? invalidOptionError(path, error.message) : error;
  }
}

/**
 * Replaces a store, as it was read under these locks, by these bytes (STORE-5, STORE-7). Nothing is awaited in here: no
 * other task of ours comes between what is verified and the rename.
 *
 * @param reserve what was made before, to be written to, and is the caller's to discard.
 */
export function replaceBytes(
  snapshot: StoreSnapshot,
  bytes: Buffer,
  locks: readonly HeldStoreLock[],
  reserve?: Temporary,
): void {
  let temporary = reserve;
  try {
    const paths = pathsOf(snapshot.path);
    if (!locks.some(({ lockPath }) => lockPath === paths.lockPath)) {
      throw storeNotLocked(snapshot.path, "is not guarded by any of these locks");
    }
    verifyAll(locks, snapshot);
    const { old, found } = checkReplaceable(paths.target);
    sweepStores(paths.directory);
    temporary ??= new Temporary(paths.target, old);
    temporary.write(bytes, old);
    point("store:written");
    verifyAll(locks, snapshot);
    const isOurChange = old && found && snapshot.identity && isSameIdentity(found, snapshot.identity);
    if (!isAsRead(paths.target, isOurChange ? { ...snapshot, identity: old } : snapshot))
      throw changedStore(snapshot.path);
    point("store:verified");
    putInPlace(temporary.path, paths.target, snapshot);
    if (snapshot.identity) temporary.leave();
    point("store:renamed");
    trySync(paths.directory);
  } catch (error) {
    throw storeFailure(error, snapshot.path);
  } finally {
    // After a rename there is nothing left to be removed.
    if (temporary !== reserve) temporary?.discard();
  }
}

export function pathsOf(path: string): LockPaths {
  try {
    return resolvePaths(absoluteTarget(path), false);
  } catch (error) {
    throw storeFailure(error, path);
  }
}

function verifyAll(locks: readonly HeldStoreLock[], { path }: StoreSnapshot): void {
  if (!locks.every((lock) => lock.verify())) throw storeNotLocked(path, "is no longer locked by us");
}

function isAsRead(target: string, { identity, bytes }: StoreSnapshot): boolean {
  const there = lstatSync(target, { bigint: true, throwIfNoEntry: false });
  if (!there || !identity) return !there && !identity;
  if (!isSameIdentity(there, identity)) return false;
  const file = readStoreFile(target);
  return file !== undefined && isSameIdentity(file.identity, identity) && file.bytes.equals(bytes);
}

// A store that was not there is linked: a rename would remove what has appeared since.
function putInPlace(from: string, to: string, { identity, path }: StoreSnapshot): void {
  try {
    if (identity) renameSync(from, to);
    else linkNew(from, to, path);
  } catch (error) {
    throw errnoOf(error) === "EBUSY" ? unsupportedStore(path, "mount-point") : storeFailure(error, path);
  }
}

function linkNew(from: string, to: string, path: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const errno = errnoOf(error) ?? "";
    if (errno === "EEXIST") throw changedStore(path);
    if (!NO_LINKS.has(errno)) throw error;
    if (lstatSync(to, { throwIfNoEntry: false })) throw changedStore(path);
    renameSync(from, to);
  }
}

// Some file systems cannot do that. The store is replaced by now, and that is no failure.
function trySync(directory: string): void {
  try {
    syncDirectory(directory);
  } catch {
    // See above.
  }
}
