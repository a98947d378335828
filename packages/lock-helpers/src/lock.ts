import { acquireSteps } from "./acquire.js";
import type { Request } from "./attempt.js";
import { FileClock, monotonic } from "./clock.js";
import { attachReleaseError, type KernelLock, type LockHolder } from "./errors.js";
import type { FileLock } from "./file-lock.js";
import { foreignOf } from "./foreign-finding.js";
import type { HeldLock } from "./held.js";
import { holderOf } from "./holder.js";
import { nodeSystem } from "./identity.js";
import { kernelLocksOf } from "./kernel-locks.js";
import { lookSteps } from "./look.js";
import { invalidOptionError, reentrantError, systemError } from "./messages.js";
import { type FileLockOptions, OptionFault, readOptions, type Settings } from "./options.js";
import { absoluteTarget, resolvePaths, targetFault } from "./paths.js";
import { type Nesting, shared } from "./shared.js";
import { type Finding, Subject } from "./subject.js";
import type { Verdict } from "./verdict.js";
import { runAsync, runSync } from "./wait.js";

/**
 * Takes the lock of a file, waiting while somebody else holds it, and getting past a dead holder.
 *
 * @param target the file to guard; it need not exist. The lock is `<target>.lock` beside it.
 * @returns the lock. Release it, on every path: see `withFileLock`, which does.
 * @throws FileLockError with a stable `code` (spec/errors.md); `options.signal.reason` when aborted.
 */
export async function acquireFileLock(target: string, options?: FileLockOptions): Promise<FileLock> {
  const request = prepare(target, options, false);
  return asFileLock(await runAsync(acquireSteps(request), request.settings.signal));
}

/** As `acquireFileLock`, but blocks the thread while it waits: for start-up code and for programs without an event loop. */
export function acquireFileLockSync(target: string, options?: FileLockOptions): FileLock {
  return asFileLock(runSync(acquireSteps(prepare(target, options, true))));
}

/**
 * Runs `body` while holding the lock of `target`, and releases it however the body ends.
 *
 * Read the file inside the body, never before. When the lock is lost meanwhile `lock.signal` aborts; ask `lock.verify()`
 * before you write. A nested call for the same lock is refused with `file_lock_reentrant`.
 *
 * @throws what the body throws. If the release fails as well, its error is attached: `getReleaseError`.
 */
export async function withFileLock<T>(target: string, body: (lock: FileLock) => T | PromiseLike<T>): Promise<T>;
export async function withFileLock<T>(
  target: string,
  options: FileLockOptions | undefined,
  body: (lock: FileLock) => T | PromiseLike<T>,
): Promise<T>;
export async function withFileLock<T>(target: string, ...rest: readonly unknown[]): Promise<T> {
  const [options, body] = splitArguments<T | PromiseLike<T>>(target, rest);
  const lock = await acquireFileLock(target, options);
  let result: T;
  try {
    result = await shared.nesting.run(nestingOf(lock), () => body(lock));
  } catch (error) {
    releaseAfter(error, lock);
    throw error;
  }
  finish(lock);
  return result;
}

/** As `withFileLock`, for a body that does not await. */
export function withFileLockSync<T>(target: string, body: (lock: FileLock) => T): T;
export function withFileLockSync<T>(
  target: string,
  options: FileLockOptions | undefined,
  body: (lock: FileLock) => T,
): T;
export function withFileLockSync<T>(target: string, ...rest: readonly unknown[]): T {
  const [options, body] = splitArguments<T>(target, rest);
  const lock = acquireFileLockSync(target, options);
  let result: T;
  try {
    result = shared.nesting.run(nestingOf(lock), () => body(lock));
  } catch (error) {
    releaseAfter(error, lock);
    throw error;
  }
  finish(lock);
  return result;
}

/** What `inspectFileLock` finds. */
export interface LockState {
  readonly lockPath: string;
  /** `free` when nothing is there. */
  readonly verdict: Verdict | "free";
  /** The row of the verdict table that decided; null when free. */
  readonly reason: string | null;
  /** Proven, not presumed. */
  readonly conclusive: boolean;
  readonly holder?: LockHolder;
  /** Of a foreign lock: what it is (spec/foreign.json). */
  readonly kind?: string;
  /** Who has locked the lock file, then who has locked the target, by flock or fcntl: free or not. */
  readonly kernelLocks: readonly KernelLock[];
}

/** Says who holds the lock of `target`, and whether that holder lives. Never changes the lock. */
export function inspectFileLock(
  target: string,
  options?: Pick<FileLockOptions, "staleMs" | "stale" | "trustPids">,
): LockState {
  const { paths, settings } = prepare(target, options, true);
  const { lockPath, directory } = paths;
  const subject = new Subject(lockPath, new FileClock(directory), nodeSystem, settings);
  let finding: Finding | undefined;
  try {
    finding = runSync(lookSteps(subject));
  } catch (error) {
    throw systemError({ ...paths, waitedMs: () => 0 }, error, lockPath);
  }
  const kernelLocks = kernelLocksOf(lockPath, paths.target, nodeSystem);
  if (!finding) return { lockPath, verdict: "free", reason: null, conclusive: false, kernelLocks };
  const { judgement } = finding;
  const kind = judgement.verdict === "foreign" ? foreignOf(finding, nodeSystem).entry.kind : undefined;
  const holder = holderOf(finding, nodeSystem);
  return { lockPath, ...judgement, holder, ...(kind !== undefined && { kind }), kernelLocks };
}

/** @internal An acquire call whose arguments are checked, and that has touched nothing yet (ERROR-4). */
export interface Checked {
  /** Absolute. */
  readonly target: string;
  readonly settings: Settings;
  readonly isSync: boolean;
  readonly startedAt: number;
}

function prepare(target: string, options: FileLockOptions | undefined, isSync: boolean): Request {
  return locate(check(target, options, isSync));
}

/** @internal */
export function check(target: string, options: FileLockOptions | undefined, isSync: boolean): Checked {
  const startedAt = monotonic();
  const settings = checkArguments(target, options);
  if (settings.signal?.aborted) throw settings.signal.reason;
  return { target: calling(target, () => absoluteTarget(target)), settings, isSync, startedAt };
}

/** @internal Resolves the parent; then nesting is looked for. */
export function locate({ target, ...rest }: Checked): Request {
  const paths = calling(target, () => resolvePaths(target, rest.settings.createParent));
  for (let around = shared.nesting.getStore(); around; around = around.outer) {
    if (around.lockPath === paths.lockPath && around.isHeld()) {
      const call = { ...paths, waitedMs: () => 0 };
      throw reentrantError(call, "the code around this call holds it");
    }
  }
  return { paths, system: nodeSystem, ...rest };
}

function checkArguments(target: unknown, options: unknown): Settings {
  const fault = targetFault(target);
  if (fault) throw invalidOptionError(target, `target ${fault}`);
  try {
    return readOptions(options);
  } catch (error) {
    throw error instanceof OptionFault ? invalidOptionError(target, error.message) : error;
  }
}

function calling<T>(target: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw systemError({ target, lockPath: `${target}.lock`, waitedMs: () => 0 }, error, target);
  }
}

function splitArguments<T>(
  target: string,
  rest: readonly unknown[],
): [FileLockOptions | undefined, (lock: FileLock) => T] {
  const [options, body] = rest.length > 1 ? rest : [undefined, rest[0]];
  if (typeof body !== "function") throw invalidOptionError(target, "the body must be a function");
  return [options as FileLockOptions | undefined, body as (lock: FileLock) => T];
}

function nestingOf(lock: FileLock): Nesting {
  const isHeld = () => (lock as unknown as HeldLock).isHeld;
  return { lockPath: lock.lockPath, isHeld, outer: shared.nesting.getStore() };
}

const finish = (lock: FileLock) => (lock as unknown as HeldLock).finish();

// The body's error is the one to be seen (RELEASE-2).
function releaseAfter(bodyError: unknown, lock: FileLock): void {
  try {
    finish(lock);
  } catch (releaseError) {
    attachReleaseError(bodyError, releaseError);
  }
}

/** @internal The class gets its disposers at run time, where the symbols exist. */
export function asFileLock(lock: HeldLock): FileLock {
  return lock as unknown as FileLock;
}
