import { readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { FileClock } from "./clock.js";
import { Contender } from "./contender.js";
import { nodeSystem } from "./identity.js";
import { type Inspection, inspectionOf } from "./inspection.js";
import { inspectSteps, mayTurnSilent } from "./look.js";
import { type Call, invalidOptionError, systemError } from "./messages.js";
import { classifyName, type NameKind } from "./names.js";
import { OptionFault, readOptions, type Settings } from "./options.js";
import { unlinkIfThere } from "./ownership.js";
import { absoluteTarget, type LockPaths, resolvePaths, targetFault } from "./paths.js";
import { isRemovable, removeSteps } from "./removal.js";
import { InspectionSession } from "./session.js";
import { Subject } from "./subject.js";
import { findDeadWitnesses, findLeftovers } from "./sweep.js";
import { runAsync, type Steps } from "./wait.js";

/** The lock of a target (PATH-1). Throws as `acquireFileLock` does for a target that is none, or whose parent is missing. */
export function lockPathOf(target: string): string {
  const fault = targetFault(target);
  if (fault) throw invalidOptionError(target, `target ${fault}`);
  const absolute = absoluteTarget(target);
  return calling(absolute, `${absolute}.lock`, () => resolvePaths(absolute, false)).lockPath;
}

export interface InspectLockOptions {
  /** Age in ms that the age-dependent rules ask for. Default 30,000. */
  readonly staleMs?: number | undefined;
  /** As in `FileLockOptions`. */
  readonly trustPids?: boolean | undefined;
  /** Watch the lock for 2 s where its silence could change the verdict (VERDICT-12). Default false. */
  readonly watch?: boolean | undefined;
  /** For thousands of locks in one run: see `openInspection`. */
  readonly session?: InspectionSession | undefined;
}

/**
 * What many looks in one run may share: one probe of the file system's clock a directory, and one search through all
 * processes a second. Never used by what is judged before it is removed.
 */
export function openInspection(): InspectionSession {
  return new InspectionSession(nodeSystem);
}

export interface SweepLockOptions extends Omit<InspectLockOptions, "watch"> {
  /** Only say what would be done. Default false. */
  readonly dryRun?: boolean | undefined;
}

export interface Removal extends Inspection {
  /** With `dryRun` always false: see `removable`. */
  readonly removed: boolean;
}

/**
 * Looks at a lock, guard or marker, by its own path, and judges it, its witness asked. Changes nothing.
 *
 * @throws FileLockError when an option is wrong, or what is there may not be read.
 */
export async function inspectLock(path: string, options: InspectLockOptions = {}): Promise<Inspection> {
  const { at, paths, settings, kind } = prepare(path, options);
  const subject = subjectOf(at, paths, settings, options.session);
  const finding = await running(paths, at, () => inspectSteps(subject, settings, options.watch === true));
  return inspectionOf(at, finding, finding !== undefined && isRemovable(kind, finding));
}

/**
 * Removes a lock that is judged stale, under the guard, as an acquire would (RECLAIM-2), and takes none; or breaks a guard
 * or marker whose owner is proven dead (RECLAIM-7). Watches for silence where that could tell. Leaves all else alone:
 * what is held, unknown, foreign or being written.
 *
 * @returns what was found, as last seen while it was there, and whether it is gone now through us.
 * @throws FileLockError when an option is wrong, or a system call fails.
 */
export async function sweepLock(path: string, options: SweepLockOptions = {}): Promise<Removal> {
  const { dryRun, ...rest } = options;
  if (dryRun) return { ...(await inspectLock(path, { ...rest, watch: true })), removed: false };
  const { at, paths, settings, kind } = prepare(path, rest);
  if (options.session) {
    const subject = subjectOf(at, paths, settings, options.session);
    const first = await running(paths, at, () => inspectSteps(subject, settings, false));
    const isLeft = !first || !(isRemovable(kind, first) || mayTurnSilent(first, settings));
    if (isLeft) return { ...inspectionOf(at, first, false), removed: false };
  }
  const { finding, removed } = await running(paths, at, () =>
    removeSteps(new Contender(paths, settings, nodeSystem), at, kind, settings),
  );
  return { ...inspectionOf(at, finding, finding !== undefined && isRemovable(kind, finding)), removed };
}

export interface SweepLeftoversOptions {
  /** Only say what would be removed. Default false. */
  readonly dryRun?: boolean | undefined;
}

/**
 * Removes what killed processes have left in a directory and nothing needs any more (PUBLISH-8, WITNESS-9), all of it more
 * than 30 s old: candidates, witnesses that were never finished, markers of what is gone, dead witnesses that nothing names.
 *
 * @returns the names.
 */
export async function sweepLeftovers(directory: string, options: SweepLeftoversOptions = {}): Promise<string[]> {
  const clock = new FileClock(directory);
  const paths = { target: directory, lockPath: directory };
  try {
    const names = readdirSync(directory);
    const found = findLeftovers(directory, names, clock);
    if (!options.dryRun) for (const name of found) unlinkIfThere(join(directory, name));
    const dead = await findDeadWitnesses(directory, names, clock);
    if (!options.dryRun) for (const name of dead) unlinkIfThere(join(directory, name));
    return [...found, ...dead];
  } catch (error) {
    throw systemError({ ...paths, waitedMs: () => 0 }, error, directory);
  }
}

function subjectOf(path: string, { directory }: LockPaths, settings: Settings, session?: InspectionSession): Subject {
  return new Subject(path, session?.clock(directory) ?? new FileClock(directory), nodeSystem, settings, session);
}

interface Prepared {
  /** The path, absolute. */
  readonly at: string;
  readonly paths: LockPaths;
  readonly settings: Settings;
  readonly kind: NameKind | undefined;
}

function prepare(path: string, options: InspectLockOptions): Prepared {
  const fault = targetFault(path);
  if (fault) throw invalidOptionError(path, `path ${fault}`);
  const settings = readSettings(path, options);
  const at = resolve(path);
  const kind = classifyName(basename(at));
  const guardPath = guardPathOf(at, kind);
  const lockPath = guardPath.slice(0, -".reclaim".length);
  const target = lockPath.replace(/\.lock$/, "");
  return { at, paths: { target, directory: dirname(at), lockPath, guardPath }, settings, kind };
}

function readSettings(path: string, { staleMs, trustPids }: InspectLockOptions): Settings {
  try {
    return readOptions({ staleMs, trustPids });
  } catch (error) {
    throw error instanceof OptionFault ? invalidOptionError(path, error.message) : error;
  }
}

function guardPathOf(path: string, kind: NameKind | undefined): string {
  if (kind === "guard") return path;
  return kind === "marker" ? path.replace(/\.[0-9a-f]{16}$/, "") : `${path}.reclaim`;
}

async function running<T>(paths: LockPaths, path: string, steps: () => Steps<T>): Promise<T> {
  try {
    return await runAsync(steps(), undefined);
  } catch (error) {
    throw systemError({ ...paths, waitedMs: () => 0 }, error, path);
  }
}

function calling<T>(target: string, lockPath: string, call: () => T): T {
  const about: Call = { target, lockPath, waitedMs: () => 0 };
  try {
    return call();
  } catch (error) {
    throw systemError(about, error, target);
  }
}
