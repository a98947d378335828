import { lstatSync } from "node:fs";
import { basename } from "node:path";
import type { Inspection } from "@openclaw/lock-helpers/tools";
import { dependencyLock, type Other } from "../find/others.js";
import type { Entry, Kind } from "./entry.js";

/** A package manager's list of versions is no foreign lock. */
export function asOther(entry: Entry | undefined, { path, holder }: Inspection): Entry | undefined {
  const isUnreadable = entry?.state === "foreign" || entry?.state === "being-written";
  const other = isUnreadable && holder?.pid === undefined ? dependencyLock(basename(path)) : undefined;
  return other ? otherEntry(path, other) : entry;
}

export function otherEntry(path: string, { what, description }: Other): Entry {
  const ageMs = ageOf(path);
  return {
    ...{ path, kind: "other", state: "other", what, ...(ageMs !== undefined && { ageMs }) },
    explanation: `${description}: not one of this contract.`,
    advice: "Leave it to its owner.",
  };
}

/** Of a lock that is not there. */
export function freeEntry(path: string): Entry {
  return { path, kind: "lock", state: "free", explanation: "Nobody holds it.", advice: "Nothing to do." };
}

/** Something that belongs to no lock by its name, or not any more. */
interface Loose {
  readonly path: string;
  readonly kind: Kind;
  readonly ageMs: number | undefined;
  /** Nothing needs it any more. */
  readonly isLeftover: boolean;
  /** The lock that names it. */
  readonly namedBy?: string | undefined;
}

/** Undefined: it is gone. */
export function looseEntry({ path, kind, ageMs, isLeftover, namedBy }: Loose): Entry | undefined {
  if (ageMs === undefined) return undefined;
  return {
    ...{ path, kind, state: isLeftover ? "leftover" : "in-use", ageMs },
    ...(namedBy !== undefined && { belongsTo: namedBy }),
    explanation: explainLoose(kind, isLeftover, namedBy),
    advice: isLeftover ? "Harmless: openclaw-locks sweep removes it, or the next helper." : "Nothing to do.",
  };
}

function explainLoose(kind: Kind, isLeftover: boolean, namedBy: string | undefined): string {
  if (isLeftover) return "A process that was killed has left it, and nothing needs it any more.";
  if (namedBy !== undefined)
    return "A lock names it: it shows whether the holder lives, and stays as long as the lock.";
  return kind === "witness"
    ? "A process listens there, or did a moment ago, or something beside it names it."
    : "It is so young that its maker may be at work.";
}

/** Since it was last written to, in ms; undefined: it is gone. */
export function ageOf(path: string): number | undefined {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat && Math.max(0, Date.now() - stat.mtimeMs);
  } catch {
    return undefined;
  }
}
