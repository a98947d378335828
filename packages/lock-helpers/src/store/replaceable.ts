import { type BigIntStats, lstatSync } from "node:fs";
import { kindOf } from "../lock-file.js";
import { ownerNotKept, storeFailure, unsupportedStore } from "./failures.js";
import { isMounted } from "./mounts.js";

/**
 * Whether a file can be replaced by another one, before anything is made (STORE-8).
 *
 * @param target its directory resolved.
 * @returns what is there now; undefined: nothing.
 */
export function checkReplaceable(target: string): BigIntStats | undefined {
  let stat: BigIntStats | undefined;
  try {
    stat = lstatSync(target, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    throw storeFailure(error, target);
  }
  if (!stat) return undefined;
  if (!stat.isFile()) throw unsupportedStore(target, kindOf(stat));
  if (isMounted(target)) throw unsupportedStore(target, "mount-point");
  if (stat.nlink > 1n) throw unsupportedStore(target, "hard-link");
  if (!mayKeepOwner(stat)) throw ownerNotKept(target);
  return stat;
}

function mayKeepOwner({ uid, gid }: BigIntStats): boolean {
  const { geteuid, getegid, getgroups } = process;
  if (!geteuid || !getegid || !getgroups || geteuid() === 0) return true;
  const groups = [getegid(), ...getgroups()];
  return Number(uid) === geteuid() && groups.includes(Number(gid));
}
