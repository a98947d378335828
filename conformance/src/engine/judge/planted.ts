import { closeSync, constants, lstatSync, openSync, readSync, type Stats } from "node:fs";

/** Enough to tell two payloads apart, and a bound for what somebody else has put there. */
const MAX_BYTES = 70_000;

/** The start of a regular file, never followed or waited for; undefined when it is gone or is something else. */
export function readSafely(path: string): { bytes: Buffer; stats: Stats } | undefined {
  let descriptor: number | undefined;
  try {
    const stats = lstatSync(path);
    if (!stats.isFile()) return undefined;
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const buffer = Buffer.alloc(MAX_BYTES);
    return { bytes: buffer.subarray(0, readSync(descriptor, buffer)), stats };
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

export function typeOf(path: string): string | undefined {
  try {
    const stats = lstatSync(path);
    if (stats.isFile()) return "file";
    if (stats.isDirectory()) return "directory";
    if (stats.isSymbolicLink()) return "symbolic link";
    if (stats.isSocket()) return "socket";
    return stats.isFIFO() ? "FIFO" : "special file";
  } catch {
    return undefined;
  }
}

/** What the case itself has put there, and so no driver is blamed for. */
export class Planted {
  private readonly contents = new Map<string, Set<string>>();

  /** Remembers what is at the path now. */
  remember(path: string): void {
    const known = this.contents.get(path) ?? new Set();
    this.contents.set(path, known.add(fingerprint(path)));
  }

  /** Is it still as the case has left it? */
  unchanged(path: string): boolean {
    return this.contents.get(path)?.has(fingerprint(path)) ?? false;
  }
}

function fingerprint(path: string): string {
  const file = readSafely(path);
  return file === undefined ? `a ${typeOf(path) ?? "nothing"}` : file.bytes.toString("base64");
}
