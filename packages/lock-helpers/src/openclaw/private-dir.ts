import { chmodSync, chownSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { errnoOf } from "../errors.js";
import { ownerNotKept, storeFailure } from "../store/failures.js";

/**
 * Makes a directory in the state directory, and what is missing above it, for its owner alone (STATE-3): made by root and
 * left to root, it would lock the gateway out for good.
 */
export function makePrivateDir(path: string, stateDir: string): void {
  try {
    const { uid, gid } = statSync(stateDir);
    for (const directory of missing(path, stateDir)) make(directory, uid, gid);
  } catch (error) {
    throw storeFailure(error, path);
  }
}

function missing(path: string, stateDir: string): string[] {
  const found: string[] = [];
  for (let at = path; at !== stateDir && at !== dirname(at); at = dirname(at)) {
    if (statSync(at, { throwIfNoEntry: false })) break;
    found.unshift(at);
  }
  return found;
}

function make(directory: string, uid: number, gid: number): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Somebody else was first.
    if (errnoOf(error) === "EEXIST") return;
    throw error;
  }
  if (process.platform === "win32") return;
  const made = statSync(directory);
  if (made.uid === uid && made.gid === gid) return;
  try {
    chownSync(directory, uid, gid);
    chmodSync(directory, 0o700);
  } catch {
    rmdirSync(directory);
    throw ownerNotKept(dirname(directory));
  }
}
