import { basename, join } from "node:path";
import { type Inspection, inspectLock, sweepLeftovers } from "@openclaw/lock-helpers/tools";
import type { Entry } from "../judge/entry.js";
import { entryOf, type Place, unreadable } from "../judge/judge.js";
import { ageOf, asOther, freeEntry, looseEntry, otherEntry } from "../judge/unjudged.js";
import { type Group, type Sorted, sortNames } from "./groups.js";
import { inOrder } from "./in-order.js";
import { type KernelLocks, LOCKABLE } from "./kernel-locks.js";
import { type Policy, staleMsIn } from "./policy.js";
import { errnoOf } from "./walk.js";

/** A lock, guard or marker that is to be looked at. */
export interface Spot extends Place {
  readonly path: string;
}

/** All entries of one directory: each lock with what belongs to it, then what belongs to none. Changes nothing. */
export async function* survey(
  directory: string,
  names: readonly string[],
  policy: Policy,
): AsyncGenerator<Entry, void> {
  const sorted = sortNames(directory, names);
  const leftovers = await leftoversOf(directory, sorted, { dryRun: true });
  const namedBy = new Map<string, string>();
  const look = async (spot: Spot) => {
    const { path, kind } = spot;
    if (leftovers.names.has(basename(path))) return looseEntry({ path, kind, ageMs: ageOf(path), isLeftover: true });
    const inspection = await inspect(spot, policy);
    if ("state" in inspection) return inspection;
    const witness = inspection.payload?.witness;
    if (witness !== undefined && !namedBy.has(witness)) namedBy.set(witness, spot.path);
    return asOther(entryOf(inspection, spot), inspection);
  };
  const { kernelLocks } = policy;
  for await (const entry of inOrder(spotsOf(directory, sorted.groups, policy), look)) {
    if (entry) yield kernelLocks?.addTo(entry) ?? entry;
  }
  if (kernelLocks) yield* onlyInKernel(directory, names, kernelLocks);
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

/** Files that nobody has locked as OpenClaw does, and somebody in the kernel. */
function* onlyInKernel(directory: string, names: readonly string[], kernelLocks: KernelLocks): Generator<Entry, void> {
  const all = new Set(names);
  for (const name of names) {
    if (!LOCKABLE.test(name) || all.has(`${name}.lock`)) continue;
    const entry = kernelLocks.addTo(freeEntry(join(directory, `${name}.lock`)));
    if (entry.kernelLocks) yield entry;
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

/** What is to be looked at in a directory. For a sweep a guard comes before its lock, since it keeps everybody from that. */
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

async function inspect({ path, kind, staleMs }: Spot, policy: Policy): Promise<Inspection | Entry> {
  const { trustPids, session, watch } = policy;
  try {
    return await inspectLock(path, { staleMs, trustPids, session, watch });
  } catch (error) {
    return unreadable(path, kind, failureOf(error));
  }
}

/** What a failed call is called: the system's word, or the contract's. */
export function failureOf(error: unknown): string {
  const { errno } = error as { errno?: unknown };
  return typeof errno === "string" ? errno : errnoOf(error);
}
