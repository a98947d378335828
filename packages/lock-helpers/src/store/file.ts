import { type BigIntStats, constants, fstatSync, openSync, statSync } from "node:fs";
import { closeQuietly, readSome } from "../descriptor.js";
import { errnoOf } from "../errors.js";
import { MAX_STORE_BYTES } from "../generated/constants.js";
import { kindOf } from "../lock-file.js";
import { missingStore, readFailure, unsupportedStore } from "./failures.js";
import type { FileIdentity } from "./types.js";

export interface StoreFile {
  /** As long as a store may be, and one byte more. */
  readonly bytes: Buffer;
  readonly identity: FileIdentity;
}

const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a whole file, a final symbolic link followed (STORE-1, STORE-4).
 *
 * @returns undefined when it was changed meanwhile: begin again.
 */
export function readStoreFile(path: string): StoreFile | undefined {
  let fd: number;
  try {
    fd = openSync(path, FLAGS);
  } catch (error) {
    throw whyNotOpened(error, path);
  }
  try {
    const before = fstatSync(fd, { bigint: true });
    if (!before.isFile()) throw unsupportedStore(path, kindOf(before));
    const bytes = readAll(fd, before);
    const after = fstatSync(fd, { bigint: true });
    return isSameIdentity(before, after) ? { bytes, identity: identityOf(before) } : undefined;
  } catch (error) {
    throw readFailure(error, path);
  } finally {
    closeQuietly(fd);
  }
}

// A socket cannot be opened.
function whyNotOpened(error: unknown, path: string): unknown {
  if (errnoOf(error) !== "ENXIO") return readFailure(error, path);
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat ? unsupportedStore(path, kindOf(stat)) : missingStore(path);
}

// Whatever `fstat` has said: it may have grown, and what has no size may go on for ever.
function readAll(fd: number, { size }: BigIntStats): Buffer {
  let buffer = Buffer.allocUnsafe(Math.min(Number(size), MAX_STORE_BYTES) + 1);
  let length = 0;
  for (;;) {
    const count = readSome(fd, buffer, length);
    length += count;
    if (count === 0 || length > MAX_STORE_BYTES) return buffer.subarray(0, length);
    if (length < buffer.length) continue;
    const larger = Buffer.allocUnsafe(Math.min(buffer.length * 2, MAX_STORE_BYTES + 1));
    buffer.copy(larger);
    buffer = larger;
  }
}

function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: FileIdentity): FileIdentity {
  return { dev, ino, size, mtimeNs, ctimeNs };
}

export function isSameIdentity(one: FileIdentity, other: FileIdentity): boolean {
  const isSameFile = one.dev === other.dev && one.ino === other.ino && one.size === other.size;
  return isSameFile && one.mtimeNs === other.mtimeNs && one.ctimeNs === other.ctimeNs;
}
