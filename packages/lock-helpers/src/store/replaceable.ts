import { type BigIntStats, lstatSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { kindOf } from "../lock-file.js";
import { unlinkIfThere } from "../ownership.js";
import { isStoreTemporaryName } from "../paths.js";
import { ownerNotKept, storeFailure, unsupportedStore } from "./failures.js";
import { isMounted } from "./mounts.js";

/** What is to be replaced; undefined: there is nothing. */
export interface Replaceable {
  readonly old: BigIntStats | undefined;
  /** The same, as it was found: to lose a second name is a change of its status. */
  readonly found: BigIntStats | undefined;
}

/**
 * Whether a file can be replaced by another one, before anything is made (STORE-8). Under its lock.
 *
 * @param target its directory resolved.
 */
export function checkReplaceable(target: string): Replaceable {
  const found = lookAt(target);
  if (!found) return { old: undefined, found };
  if (!found.isFile()) throw unsupportedStore(target, kindOf(found));
  if (isMounted(target)) throw unsupportedStore(target, "mount-point");
  if (found.nlink > 1n) unlinkFinished(target, found);
  const old = found.nlink > 1n ? lookAt(target) : found;
  if (old && old.nlink > 1n) throw unsupportedStore(target, "hard-link");
  if (old && !mayKeepOwner(old)) throw ownerNotKept(target);
  return { old, found };
}

function lookAt(target: string): BigIntStats | undefined {
  try {
    return lstatSync(target, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    throw storeFailure(error, target);
  }
}

// A maker of the store that was killed before it could remove the temporary name. One that lives misses nothing.
function unlinkFinished(target: string, { dev, ino }: BigIntStats): void {
  const directory = dirname(target);
  try {
    for (const name of readdirSync(directory).filter(isStoreTemporaryName)) {
      const path = join(directory, name);
      const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
      if (stat?.dev === dev && stat.ino === ino) unlinkIfThere(path);
    }
  } catch {
    // Then it has a second name still, and is refused for that.
  }
}

function mayKeepOwner({ uid, gid }: BigIntStats): boolean {
  const { geteuid, getegid, getgroups } = process;
  if (!geteuid || !getegid || !getgroups || geteuid() === 0) return true;
  const groups = [getegid(), ...getgroups()];
  return Number(uid) === geteuid() && groups.includes(Number(gid));
}
