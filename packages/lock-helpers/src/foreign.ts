import type { KernelLockType } from "./errors.js";
import { MAX_PID, MAX_READ_BYTES } from "./generated/constants.js";
import { FOREIGN_ENTRIES, type ForeignEntry } from "./generated/foreign.js";
import { classify, integerWithin } from "./payload.js";
import type { ObjectKind } from "./verdict.js";

/** All that a foreign lock is named by (FOREIGN-1). */
export interface Stranger {
  readonly object: ObjectKind;
  /** The resolved directory that the lock is in. */
  readonly directory: string;
  /** A directory that could be listed, and has nothing in it. */
  readonly isEmptyDirectory: boolean;
  /** Undefined: no regular file, or larger than a reader reads. */
  readonly bytes: Buffer | undefined;
  /** Those that are held on it. */
  readonly kernelLocks: readonly KernelLockType[];
}

/** The first entry of the table that fits; the last one always does for a regular file. */
export function nameForeign(stranger: Stranger): ForeignEntry {
  const { bytes } = stranger;
  const isOversized = bytes === undefined || bytes.length > MAX_READ_BYTES;
  const classified = bytes && classify(bytes);
  const seen: Seen = {
    ...stranger,
    text: isOversized ? undefined : bytes.toString("latin1"),
    content: classified?.content ?? "oversized",
    record:
      classified?.content === "json" ? (JSON.parse(bytes!.toString("utf8")) as Record<string, unknown>) : undefined,
  };
  return FOREIGN_ENTRIES.find((entry) => fits(entry, seen))!;
}

interface Seen extends Stranger {
  /** One character for each byte. */
  readonly text: string | undefined;
  readonly content: string;
  readonly record: Record<string, unknown> | undefined;
}

function fits(entry: ForeignEntry, seen: Seen): boolean {
  if (entry.object !== seen.object) return false;
  if (entry.entries === "none" && !seen.isEmptyDirectory) return false;
  if (seen.object !== "regular") return true;
  const { text, content, record } = seen;
  if (entry.size !== undefined && entry.size !== content) return false;
  if (entry.directory !== undefined && !isIn(seen.directory, entry.directory)) return false;
  if (entry.kernelLock !== undefined && !isLocked(entry.kernelLock, seen.kernelLocks)) return false;
  if (entry.begins && !entry.begins.some((beginning) => text?.startsWith(beginning))) return false;
  if (entry.key !== undefined && !(record && Object.hasOwn(record, entry.key))) return false;
  if (entry.lines && !entry.lines.some((shape) => hasShape(text, shape))) return false;
  if (entry.torn !== undefined && !isTorn(text, content, entry.torn)) return false;
  return entry.content === undefined || entry.content === content;
}

function isIn(directory: string, ending: string): boolean {
  const names = directory.split(process.platform === "win32" ? /[\\/]/ : "/");
  return names.some((name) => name.endsWith(ending));
}

function isLocked(wanted: "flock" | "fcntl", found: readonly KernelLockType[]): boolean {
  return found.includes(wanted) || (wanted === "fcntl" && found.includes("ofd"));
}

const SHAPES = { number: "[ \\t\\r]*[0-9]{1,64}[ \\t\\r]*", text: "[^\\n]+" } as const;

function hasShape(text: string | undefined, shape: readonly ("number" | "text")[]): boolean {
  if (text === undefined) return false;
  const lines = new RegExp(`^${shape.map((part) => SHAPES[part]).join("\\n")}$`);
  return lines.test(text.replace(/\r?\n$/, ""));
}

function isTorn(text: string | undefined, content: string, whole: string): boolean {
  if (text === undefined || content !== "garbage") return false;
  return text.startsWith(whole) || whole.startsWith(text);
}

/** The process id that the maker has left there (FOREIGN-2). It is never evidence of a lock of this contract. */
export function pidOfForeign({ pidKey, pidLine }: ForeignEntry, bytes: Buffer | undefined): number | undefined {
  if (!bytes) return undefined;
  if (pidKey !== undefined) {
    const record = JSON.parse(bytes.toString("utf8")) as Record<string, unknown>;
    return integerWithin(record[pidKey], 1, MAX_PID) ?? undefined;
  }
  if (pidLine === undefined) return undefined;
  const line = bytes
    .toString("latin1")
    .split("\n")
    .find((each) => each.startsWith(pidLine));
  const digits = /^[ \t\r]*([0-9]+)[ \t\r]*$/.exec(line?.slice(pidLine.length) ?? "")?.[1];
  return digits === undefined ? undefined : (integerWithin(Number(digits), 1, MAX_PID) ?? undefined);
}
