import { fchmodSync, fsyncSync, openSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { closeQuietly, syncDirectory, writeAll } from "../descriptor.js";
import { candidatePath, newToken } from "../paths.js";
import { discard, own } from "../shared.js";
import { CREATE_FLAGS } from "../sidecar.js";

/** Nobody but its owner may read it, whatever the umask. */
export function makePrivate(fd: number): void {
  if (process.platform !== "win32") fchmodSync(fd, 0o600);
}

/**
 * Puts these bytes over what is at the path, whole or not at all, and synced.
 *
 * @param mayReplace asked last.
 * @returns the open descriptor; undefined when it may not be replaced any more.
 */
export function putOver(path: string, bytes: Buffer, mayReplace: () => boolean): number | undefined {
  const candidate = own(candidatePath(dirname(path), newToken()), undefined);
  let fd: number | undefined;
  let isPut = false;
  try {
    fd = openSync(candidate.path, CREATE_FLAGS, 0o600);
    writeAll(fd, bytes);
    makePrivate(fd);
    fsyncSync(fd);
    if (!mayReplace()) return undefined;
    renameSync(candidate.path, path);
    isPut = true;
    return fd;
  } finally {
    if (!isPut && fd !== undefined) closeQuietly(fd);
    discard(candidate);
  }
}

const CANNOT = new Set(["EINVAL", "ENOTSUP", "EOPNOTSUPP", "EISDIR", "EPERM", "EACCES", "EBADF"]);

/** Syncs a directory, where that can be done. */
export function syncNames(directory: string): void {
  try {
    syncDirectory(directory);
  } catch (error) {
    if (!CANNOT.has(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}
