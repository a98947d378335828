import { constants, openSync, rmdirSync, unlinkSync } from "node:fs";
import { closeQuietly, readSome } from "./descriptor.js";
import { errnoOf } from "./errors.js";

/** No link is followed, and no pipe or device is waited for. Windows knows neither flag. */
export const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export type Comparison = "ours" | "gone" | "other";

/**
 * Whether the path holds exactly these bytes: the test of ownership (RELEASE-1). Throws when that cannot be told, as
 * with `EACCES` or `EIO`: not being able to look is not a loss.
 */
export function compare(path: string, bytes: Buffer): Comparison {
  let fd: number;
  try {
    fd = openSync(path, READ_FLAGS);
  } catch (error) {
    return comparisonOf(error);
  }
  try {
    const found = Buffer.allocUnsafe(bytes.length + 1);
    let length = 0;
    while (length < found.length) {
      const count = readSome(fd, found, length);
      if (count === 0) break;
      length += count;
    }
    return bytes.equals(found.subarray(0, length)) ? "ours" : "other";
  } catch (error) {
    return comparisonOf(error);
  } finally {
    closeQuietly(fd);
  }
}

// A link, a socket, a directory or a pipe without a writer is not ours, whatever it leads to.
const NOT_A_FILE = new Set(["ELOOP", "EMLINK", "ENXIO", "ENODEV", "EISDIR", "EAGAIN", "EFTYPE"]);

function comparisonOf(error: unknown): Comparison {
  const errno = errnoOf(error) ?? "";
  if (errno === "ENOENT" || errno === "ENOTDIR") return "gone";
  if (NOT_A_FILE.has(errno)) return "other";
  throw error;
}

/** Unlinks the path if it holds these bytes, or any, if they are undefined. Gone already is fine. */
export function removeIfOurs(path: string, bytes: Buffer | undefined): void {
  if (bytes !== undefined && compare(path, bytes) !== "ours") return;
  unlinkIfThere(path);
}

/** Unlinks the path; to find nothing there is success. */
export function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

// A file has been put into it, or it is a file by now.
const NOT_EMPTY = new Set(["ENOTEMPTY", "EEXIST", "ENOTDIR"]);

/** Removes an empty directory; says false when it is none. To find nothing there is success. */
export function removeDirectory(path: string): boolean {
  try {
    rmdirSync(path);
  } catch (error) {
    const errno = errnoOf(error) ?? "";
    if (NOT_EMPTY.has(errno)) return false;
    if (errno !== "ENOENT") throw error;
  }
  return true;
}
