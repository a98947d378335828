import { lstatSync } from "node:fs";
import { basename, join } from "node:path";
import { type Inspection, inspectLock, sweepLeftovers } from "@openclaw/lock-helpers/tools";
import type { Entry, Kind } from "../judge/entry.js";
import { entryOf, type Place, unreadable } from "../judge/judge.js";
import { type Group, type Sorted, sortNames } from "./groups.js";
import { inOrder } from "./in-order.js";
import { dependencyLock, type Other } from "./others.js";
import { type Policy, staleMsIn } from "./policy.js";
import { errnoOf } from "./walk.js";

/** A lock, guard or marker that is to be looked at. */
export interface Spot extends Place {
  readonly path: string;
}

/** How a spot is looked at: `status` inspects, `sweep` removes what it may. */
export type Look = (spot: Spot) => Promise<Entry | undefined>;

/** All entries of one directory: each lock with what belongs to it, then what belongs to none. Changes nothing. */
export async function* survey(
  directory: string,
  names: readonly string[],
  policy: Policy,
): AsyncGenerator<Entry, void> {
  const sorted = sortNames(directory, names);
  const leftovers = await leftoversOf(directory, sorted, { dryRun: true });
  const namedBy = new Map<string, string>();
  const look: Look = async (spot) => {
    const { path, kind } = spot;
    if (leftovers.names.has(basename(path))) return looseEntry({ path, kind, ageMs: ageOf(path), isLeftover: true });
    const inspection = await inspect(spot, policy);
    if ("state" in inspection) return inspection;
    const witness = inspection.payload?.witness;
    if (witness !== undefined && !namedBy.has(witness)) namedBy.set(witness, spot.path);
    return asOther(entryOf(inspection, spot), inspection);
  };
  for await (const entry of inOrder(spotsOf(directory, sorted.groups, policy), look)) if (entry) yield entry;
  for (const { name, other } of sorted.others) yield otherEntry(join(directory, name), other);
  for (const { name, kind } of sorted.loose) {
    const path = join(directory, name);
    const entry = leftovers.errno
      ? unreadable(path, kind, leftovers.errno)
      : looseEntry({
          path,
          kind,
          ageMs: ageOf(path),
          isLeftover: leftovers.names.has(name),
          namedBy: namedBy.get(name),
        });
    if (entry) yield entry;
  }
}

export interface Leftovers {
  readonly names: ReadonlySet<string>;
  /** Why they could not be looked for, or removed. */
  readonly errno?: string;
}

/** What nothing needs any more in a directory. Without `dryRun` it is removed. */
export async function leftoversOf(
  directory: string,
  { groups, loose }: Sorted,
  options: { readonly dryRun: boolean },
): Promise<Leftovers> {
  if (loose.length === 0 && groups.every(({ markers }) => markers.length === 0)) return { names: new Set() };
  try {
    return { names: new Set(await sweepLeftovers(directory, options)) };
  } catch (error) {
    return { names: new Set(), errno: failureOf(error) };
  }
}

/** What is to be looked at in a directory: a guard before its lock, since it keeps everybody from the lock. */
export function spotsOf(directory: string, groups: readonly Group[], policy: Policy, guardsFirst = false): Spot[] {
  const staleMs = staleMsIn(directory, policy);
  return groups.flatMap(({ lock, hasLock, hasGuard, markers }) => {
    const lockPath = join(directory, lock);
    const guardPath = `${lockPath}.reclaim`;
    const locks: Spot[] = hasLock ? [{ path: lockPath, kind: "lock", belongsTo: undefined, staleMs }] : [];
    const guards: Spot[] = hasGuard ? [{ path: guardPath, kind: "guard", belongsTo: lockPath, staleMs }] : [];
    for (const name of markers) {
      guards.push({ path: join(directory, name), kind: "marker", belongsTo: guardPath, staleMs });
    }
    return guardsFirst ? [...guards, ...locks] : [...locks, ...guards];
  });
}

async function inspect({ path, kind, staleMs }: Spot, { trustPids }: Policy): Promise<Inspection | Entry> {
  try {
    return await inspectLock(path, { staleMs, trustPids });
  } catch (error) {
    return unreadable(path, kind, failureOf(error));
  }
}

/** What a failed call is called: the system's word, or the contract's. */
export function failureOf(error: unknown): string {
  const { errno } = error as { errno?: unknown };
  return typeof errno === "string" ? errno : errnoOf(error);
}

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
    explanation: `This is ${description}, not a lock of this contract.`,
    advice: "Leave it to its owner.",
  };
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
    ? "A process listens there, or did a moment ago."
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
