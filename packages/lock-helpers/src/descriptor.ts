import { closeSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";

/**
 * Closes what has been read, or whose content is known to be where it belongs. The descriptor is gone whatever `close`
 * says, so its error would only hide what has happened.
 */
export function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // See above.
  }
}

/** Reads into the buffer from this offset on; 0 at the end of the file. */
export function readSome(fd: number, buffer: Buffer, offset: number): number {
  for (;;) {
    try {
      return readSync(fd, buffer, offset, buffer.length - offset, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EINTR") throw error;
    }
  }
}

/** The text of a file whose size is not known, as under `/proc`. (Node's own reading of texts aborts where `close` fails.) */
export function readText(path: string): string {
  const fd = openSync(path, "r");
  try {
    const chunks: Buffer[] = [];
    for (;;) {
      const chunk = Buffer.allocUnsafe(4096);
      const count = readSome(fd, chunk, 0);
      if (count === 0) return Buffer.concat(chunks).toString("utf8");
      chunks.push(chunk.subarray(0, count));
    }
  } finally {
    closeQuietly(fd);
  }
}

/** Syncs the names of a directory. Throws where that cannot be done. */
export function syncDirectory(directory: string): void {
  const fd = openSync(directory, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeQuietly(fd);
  }
}

/** Writes all bytes, from this position of the file on, or from where it stands (PUBLISH-5). */
export function writeAll(fd: number, bytes: Buffer, position: number | null = null): void {
  for (let written = 0; written < bytes.length; ) {
    const at = position === null ? null : position + written;
    const count = writeSync(fd, bytes, written, bytes.length - written, at);
    if (count === 0) throw nothingWritten();
    written += count;
  }
}

// Not an error to the kernel; to go on would be to go on for ever.
function nothingWritten(): NodeJS.ErrnoException {
  return Object.assign(new Error("EIO: nothing was written, write"), { code: "EIO", syscall: "write" });
}
