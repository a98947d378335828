import type { BigIntStats } from "node:fs";
import { fstatSync, lstatSync, opendirSync, openSync } from "node:fs";
import { closeQuietly, readSome } from "./descriptor.js";
import { errnoOf } from "./errors.js";
import { MAX_READ_BYTES } from "./generated/constants.js";
import { READ_FLAGS } from "./ownership.js";
import type { ObjectKind } from "./verdict.js";

/** What stands at a path, as a reader may look at it (PAYLOAD-5). */
export interface LockFile {
  readonly object: ObjectKind;
  readonly stat: BigIntStats;
  /** Undefined where the object is not regular, or larger than a reader reads. */
  readonly bytes: Buffer | undefined;
}

/** Reads what stands at the path; undefined when nothing does. Throws when it may not be read. */
export function readLock(path: string): LockFile | undefined {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (!stat) return undefined;
  const object = kindOf(stat);
  if (object !== "regular") return { object, stat, bytes: undefined };
  let fd: number;
  try {
    fd = openSync(path, READ_FLAGS);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    if (errnoOf(error) === "ELOOP") return { object: "symlink", stat, bytes: undefined };
    throw error;
  }
  try {
    return readOpen(fd);
  } finally {
    // Before any evidence is gathered: our own descriptor must not be taken for the holder's (VERDICT-7).
    closeQuietly(fd);
  }
}

function readOpen(fd: number): LockFile {
  const stat = fstatSync(fd, { bigint: true });
  const object = kindOf(stat);
  if (object !== "regular" || stat.size > MAX_READ_BYTES) return { object, stat, bytes: undefined };
  const buffer = Buffer.allocUnsafe(Math.max(Number(stat.size), 1));
  let length = 0;
  while (length < buffer.length) {
    const count = readSome(fd, buffer, length);
    if (count === 0) break;
    length += count;
  }
  return { object, stat, bytes: buffer.subarray(0, length) };
}

/** Whether the directory could be listed, and is empty. */
export function isEmptyDirectory(path: string): boolean {
  try {
    const directory = opendirSync(path);
    try {
      return directory.readSync() === null;
    } finally {
      directory.closeSync();
    }
  } catch {
    return false;
  }
}

export function kindOf(stat: BigIntStats): ObjectKind {
  if (stat.isFile()) return "regular";
  if (stat.isDirectory()) return "directory";
  if (stat.isSymbolicLink()) return "symlink";
  if (stat.isFIFO()) return "fifo";
  return stat.isSocket() ? "socket" : "device";
}
