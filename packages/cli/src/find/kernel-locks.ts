import { lstatSync, readFileSync, statSync } from "node:fs";
import { inspectFileLock, type KernelLock } from "@openclaw/lock-helpers";
import type { Entry } from "../judge/entry.js";

/** Files of OpenClaw's that scripts lock with flock, though no lock is beside them. */
export const LOCKABLE = /^(?:openclaw|auth-profiles|auth-state|settings)\.json$/;

const GOOD_FOR_MS = 1000;

/**
 * Who has locked what with flock or fcntl (FOREIGN-3). The library tells that of one lock; of thousands it is asked only
 * where the kernel's table has the number of that lock, or of the file that it guards.
 */
export class KernelLocks {
  #inodes: ReadonlySet<string> = new Set();
  #readAt = Number.NEGATIVE_INFINITY;

  /** On a lock, and on the file that it guards. What cannot be read says nothing. */
  of(lockPath: string): readonly KernelLock[] {
    const target = lockPath.replace(/\.lock$/, "");
    const isListed = [inodeOf(lockPath, lstatSync), inodeOf(target, statSync)].some(
      (inode) => inode !== undefined && this.#listed().has(inode),
    );
    if (!isListed) return [];
    try {
      return inspectFileLock(target).kernelLocks;
    } catch {
      return [];
    }
  }

  /** An entry, with what the kernel knows of its lock. */
  addTo(entry: Entry): Entry {
    if (entry.kind !== "lock") return entry;
    const kernelLocks = this.of(entry.path);
    return kernelLocks.length === 0 ? entry : { ...entry, kernelLocks };
  }

  #listed(): ReadonlySet<string> {
    const now = performance.now();
    if (now - this.#readAt > GOOD_FOR_MS) {
      this.#readAt = now;
      this.#inodes = readInodes();
    }
    return this.#inodes;
  }
}

function readInodes(): ReadonlySet<string> {
  try {
    const table = readFileSync("/proc/locks", "latin1");
    return new Set([...table.matchAll(/ [0-9a-f]+:[0-9a-f]+:([0-9]+) /g)].map(([, inode]) => inode!));
  } catch {
    return new Set();
  }
}

type Stat = (path: string, options: { bigint: true; throwIfNoEntry: false }) => { ino: bigint } | undefined;

function inodeOf(path: string, stat: Stat): string | undefined {
  try {
    const found = stat(path, { bigint: true, throwIfNoEntry: false });
    return found && String(BigInt.asUintN(64, found.ino));
  } catch {
    return undefined;
  }
}
