import { withFileLock, withFileLockSync } from "../lock.js";
import { invalidOptionError } from "../messages.js";
import type { FileLockOptions } from "../options.js";
import { absoluteTarget, targetFault } from "../paths.js";
import { runAsync, runSync } from "../wait.js";
import { edited, replaceBytes } from "./replace.js";
import { snapshotSteps } from "./snapshot.js";
import type { HeldStoreLock, JsonObject, StoreEdit, StoreSnapshot } from "./types.js";

/** What to change: edits, or what makes them of the store's value, under the lock. */
export type Edit<R> = readonly StoreEdit[] | ((value: JsonObject) => R);
export type AsyncEdit = Edit<readonly StoreEdit[] | PromiseLike<readonly StoreEdit[]>>;
export type SyncEdit = Edit<readonly StoreEdit[]>;

export interface StoreUpdate {
  /** Bytes differ. Nothing was made otherwise. */
  readonly changed: boolean;
}

/**
 * Reads a JSON store, without a lock: always a whole one, since it is replaced by rename.
 *
 * @throws StoreError: `store_missing`, `store_invalid`, `store_unsupported`, `store_permission` or `store_io`.
 */
export async function readStore(path: string): Promise<StoreSnapshot> {
  return runAsync(snapshotSteps(absolute(path)), undefined);
}

/** As `readStore`, but blocks the thread where it has to look again at a torn store, for up to 200 ms. */
export function readStoreSync(path: string): StoreSnapshot {
  return runSync(snapshotSteps(absolute(path)));
}

/**
 * Changes values of a JSON store, under its lock, and leaves every other byte as it was. A store that is not there is made.
 *
 * @throws FileLockError for the lock and for wrong arguments; StoreError for the store, which is untouched then.
 */
export async function updateStore(path: string, edit: AsyncEdit, options?: FileLockOptions): Promise<StoreUpdate> {
  return withFileLock(path, options, async (lock) => {
    const snapshot = await runAsync(snapshotSteps(lock.target, true), options?.signal);
    return replaceStore(snapshot, typeof edit === "function" ? await edit(snapshot.value) : edit, [lock]);
  });
}

/** As `updateStore`, but blocks the thread while it waits. */
export function updateStoreSync(path: string, edit: SyncEdit, options?: FileLockOptions): StoreUpdate {
  return withFileLockSync(path, options, (lock) => {
    const snapshot = runSync(snapshotSteps(lock.target, true));
    return replaceStore(snapshot, typeof edit === "function" ? edit(snapshot.value) : edit, [lock]);
  });
}

/**
 * Changes a store that was read under these locks. One of them must be the store's own, and all must be held still.
 *
 * @throws StoreError: also `store_not_locked`, and `store_changed` when it is no longer what was read.
 */
export function replaceStore(
  snapshot: StoreSnapshot,
  edits: readonly StoreEdit[],
  locks: readonly HeldStoreLock[],
): StoreUpdate {
  if (!Array.isArray(edits)) throw invalidOptionError(snapshot.path, "edits must be a list");
  const bytes = edited(snapshot, edits);
  const changed = !bytes.equals(snapshot.bytes);
  if (changed) replaceBytes(snapshot, bytes, locks);
  return { changed };
}

function absolute(path: string): string {
  const fault = targetFault(path);
  if (fault) throw invalidOptionError(path, `path ${fault}`);
  return absoluteTarget(path);
}
