import { lstatSync } from "node:fs";
import { basename, dirname } from "node:path";
import {
  errnoOf,
  FileLockError,
  type FileLockErrorDetails,
  FileLockGuardOrphanedError,
  FileLockInvalidOptionError,
  FileLockIoError,
  FileLockLostError,
  FileLockPermissionError,
  FileLockReentrantError,
  FileLockStaleError,
  FileLockTimeoutError,
  FileLockUnsupportedError,
  type KernelLock,
  type LockHolder,
} from "./errors.js";
import { printable, shellWord } from "./escape.js";
import { describe, holderOf, isElsewhere, processOf, seconds } from "./holder.js";
import { kernelLocksOf } from "./kernel-locks.js";
import { isTemporaryName } from "./paths.js";
import type { Finding } from "./subject.js";
import type { System } from "./system.js";

/** What every error of one call has in common. */
export interface Call {
  readonly target: string;
  readonly lockPath: string;
  readonly waitedMs: () => number;
}

type Maker = new (message: string, details: FileLockErrorDetails) => FileLockError;

function make(
  Maker: Maker,
  call: Call,
  summary: string,
  hint: string,
  more: Partial<FileLockErrorDetails> = {},
): FileLockError {
  const waitedMs = call.waitedMs();
  const waited = waitedMs > 0 ? `, waited ${seconds(waitedMs)}` : "";
  const details = { target: call.target, lockPath: call.lockPath, waitedMs, hint, ...more };
  const sentences = [`${summary}${waited}`, ...describeKernelLocks(call, more.kernelLocks ?? []), hint];
  return new Maker(sentences.join("; "), details);
}

/** As `make`, for the end of a wait: with who has locked lock and target in the kernel, read once (FOREIGN-4). */
export function refuse(
  Maker: Maker,
  call: Call,
  summary: string,
  hint: string,
  system: System,
  more: Partial<FileLockErrorDetails> = {},
): FileLockError {
  const kernelLocks = kernelLocksOf(call.lockPath, call.target, system);
  return make(Maker, call, summary, hint, { ...more, kernelLocks });
}

// The first on each.
function describeKernelLocks({ lockPath, target }: Call, locks: readonly KernelLock[]): string[] {
  return (["lock", "target"] as const).flatMap((on) => {
    const lock = locks.find((each) => each.on === on);
    if (!lock) return [];
    const who = lock.pid === undefined ? "a process that cannot be told" : processOf(lock.pid, lock.command);
    return [`${printable(on === "lock" ? lockPath : target)} is locked with ${lock.type} by ${who}`];
  });
}

/** The end of a wait for a lock (WAIT-4). */
export function timeoutError(call: Call, finding: Finding | undefined, system: System): FileLockError {
  const summary = `file lock timeout for ${printable(call.target)}`;
  if (!finding) {
    return refuse(FileLockTimeoutError, call, `${summary}: others were faster`, "wait longer (timeoutMs)", system);
  }
  const holder = holderOf(finding, system);
  const where = finding.path === call.lockPath ? "" : `${printable(finding.path)} is `;
  return refuse(
    FileLockTimeoutError,
    call,
    `${summary}: ${where}${describe(holder)}`,
    hintFor(finding, holder),
    system,
    {
      holder,
      ...(where && { path: finding.path }),
    },
  );
}

// What a container cannot tell of a holder that may be its neighbour (ERROR-5).
const CONTAINER_REASONS = new Set(["other-domain", "looks-dead-unproven"]);
const TRUST_PIDS = "if no other container or machine uses this directory, set OPENCLAW_LOCKS_TRUST_PIDS=1";

function hintFor(finding: Finding, holder: LockHolder): string {
  if (holder.verdict === "held") {
    const where = isElsewhere(finding) ? " of its container" : "";
    return `wait longer (timeoutMs), or see what pid ${holder.pid}${where} is doing`;
  }
  if (holder.verdict === "being-written") return "wait longer (timeoutMs)";
  const remedy = `if no process uses it any more, run: rm ${shellWord(finding.path)}`;
  return CONTAINER_REASONS.has(holder.reason) ? `${remedy}; ${TRUST_PIDS}` : remedy;
}

/** The end of a wait for a guard that nobody can judge (RECLAIM-8). */
export function orphanedGuardError(call: Call, guard: Finding, system: System): FileLockError {
  const isDirectory = guard.file.object === "directory";
  const command = `${isDirectory ? "rmdir" : "rm"} ${shellWord(guard.path)}`;
  return make(
    FileLockGuardOrphanedError,
    call,
    `file lock guard orphaned for ${printable(call.target)}: ${printable(guard.path)} has no owner to be judged by`,
    `once no OpenClaw process runs, run: ${command}`,
    { holder: holderOf(guard, system), path: guard.path },
  );
}

/** The holder is dead, and removal was forbidden (RECLAIM-9). */
export function staleError(call: Call, finding: Finding, system: System): FileLockError {
  const holder = holderOf(finding, system);
  const who = holder.pid === undefined ? "its owner is unknown" : `pid ${holder.pid} is dead`;
  return refuse(
    FileLockStaleError,
    call,
    `file lock stale for ${printable(call.target)}: ${who} (${holder.reason})`,
    `allow its removal (reclaim: true), or run: rm ${shellWord(finding.path)}`,
    system,
    { holder, path: finding.path },
  );
}

export function lostError(call: Call): FileLockError {
  return make(
    FileLockLostError,
    call,
    `file lock lost for ${printable(call.target)}: ${printable(call.lockPath)} is gone or somebody else's`,
    "treat what was written since as unprotected",
  );
}

/** Released by a signal, while the program goes on (RELEASE-10). */
export function signalledError(call: Call, signal: string): FileLockError {
  return make(
    FileLockLostError,
    call,
    `file lock lost for ${printable(call.target)}: ${signal} has released it`,
    "treat what was written since as unprotected",
  );
}

export function unsupportedHereError(why: string, hint: string): FileLockError {
  const call = { target: "", lockPath: "", waitedMs: () => 0 };
  return make(FileLockUnsupportedError, call, `file lock unsupported: ${why}`, hint);
}

export function reentrantError(call: Call, why: string): FileLockError {
  return make(
    FileLockReentrantError,
    call,
    `file lock reentrant for ${printable(call.target)}: ${why}`,
    "use the lock that you have",
  );
}

export function invalidOptionError(target: unknown, why: string): FileLockError {
  const text = typeof target === "string" ? target : "";
  return make(
    FileLockInvalidOptionError,
    { target: text, lockPath: `${text}.lock`, waitedMs: () => 0 },
    `file lock invalid option for ${printable(text)}: ${why}`,
    "correct the argument",
  );
}

const PERMISSION = new Set(["EACCES", "EPERM", "EROFS"]);
const UNSUPPORTED = new Set(["ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/**
 * Makes a failed system call one of the contract's errors; anything else, such as what a hook threw, stays what it is.
 *
 * @param about what is named where the call itself does not say; a path is told with its owner and mode when permission is missing.
 */
export function systemError(call: Call, error: unknown, about: string): unknown {
  const errno = errnoOf(error);
  if (errno === undefined || error instanceof FileLockError) return error;
  const { syscall, path: failing } = error as NodeJS.ErrnoException;
  const what = `${printable(syscall ?? "call")} ${errno}`;
  // A candidate's random name would tell nobody anything: its directory is what refuses.
  const path = failing === undefined || isTemporaryName(basename(failing)) ? about : failing;
  const more = { errno, path, cause: error };
  const where = `for ${printable(call.target)}: ${what} at ${printable(path)}`;
  if (PERMISSION.has(errno)) {
    const owner = ownership(path);
    return make(
      FileLockPermissionError,
      call,
      `file lock permission denied ${where}${owner ? `, ${owner}` : ""}`,
      "give this user access, or run as the owner",
      more,
    );
  }
  if (UNSUPPORTED.has(errno)) {
    const needs = syscall === "bind" ? "sockets (or witness: auto)" : "exclusive creation of files";
    const hint = `keep the file on a file system that has ${needs}`;
    return make(FileLockUnsupportedError, call, `file lock unsupported ${where}`, hint, more);
  }
  const hint = errno === "ENOENT" ? "make the directory first (or createParent: true)" : "see the system call's error";
  return make(FileLockIoError, call, `file lock input/output error ${where}`, hint, more);
}

/** Owner and mode of the path, or of the nearest directory above it that can be looked at. */
export function ownership(path: string): string | undefined {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { uid, gid, mode } = lstatSync(at);
      return `${printable(at)} has owner ${uid}:${gid} and mode ${(mode & 0o7777).toString(8).padStart(4, "0")}`;
    } catch {
      if (dirname(at) === at) return undefined;
    }
  }
}
