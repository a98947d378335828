import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** The names that belong to the lock of one target (spec/paths.md). */
export interface LockPaths {
  /** The guarded file: its parent resolved, a final symbolic link not. */
  readonly target: string;
  readonly directory: string;
  readonly lockPath: string;
  readonly guardPath: string;
}

/** What is wrong with a target, as a phrase, or undefined (PATH-3). */
export function targetFault(target: unknown): string | undefined {
  if (typeof target !== "string") return "must be a string";
  if (target === "") return "must not be empty";
  if (target.includes("\0")) return "must not contain NUL";
  const last = target.slice(Math.max(target.lastIndexOf("/"), lastBackslash(target)) + 1);
  if (last === "" || last === "." || last === "..") return 'must end in a file name, not in "/", "." or ".."';
  return undefined;
}

function lastBackslash(target: string): number {
  return process.platform === "win32" ? target.lastIndexOf("\\") : -1;
}

/** The target against the working directory of now (PATH-2); `link/..` goes by name, as OpenClaw takes it (PATH-1). */
export function absoluteTarget(target: string): string {
  return resolve(target);
}

/** Resolves the parent and names what is beside the target (PATH-1). Throws what `realpath` or `mkdir` throws. */
export function resolvePaths(absolute: string, createParent: boolean): LockPaths {
  const parent = dirname(absolute);
  if (createParent) mkdirSync(parent, { recursive: true, mode: 0o700 });
  const directory = realpathSync.native(parent);
  const target = join(directory, basename(absolute));
  const lockPath = `${target}.lock`;
  return { target, directory, lockPath, guardPath: `${lockPath}.reclaim` };
}

/** Where a breaker of `broken`, a guard or another marker, leaves its own marker (RECLAIM-7). */
export function markerPath(guardPath: string, broken: Uint8Array): string {
  return `${guardPath}.${markerDigits(broken)}`;
}

/** The digits that say what a marker was made to break. */
export function markerDigits(broken: Uint8Array): string {
  return createHash("sha256").update(broken).digest("hex").slice(0, 16);
}

const GUARD_OR_MARKER = /\.lock\.reclaim(?:\.([0-9a-f]{16}))?$/;

/** The digits of a marker's name, `""` for a guard's, undefined for any other. */
export function digitsOfName(name: string): string | undefined {
  const match = GUARD_OR_MARKER.exec(name);
  return match ? (match[1] ?? "") : undefined;
}

/** The name of a lock, of whatever target. */
export function isLockName(name: string): boolean {
  return name.length > ".lock".length && name.endsWith(".lock");
}

const CANDIDATE = /^\.openclaw-lock-[0-9a-f]{32}\.tmp$/;

export function candidatePath(directory: string, token: string): string {
  return join(directory, `.openclaw-lock-${token}.tmp`);
}

export function isCandidateName(name: string): boolean {
  return CANDIDATE.test(name);
}

const INTENT = /^\.openclaw-refresh-[0-9a-f]{32}\.json(?:\.reclaim(?:\.[0-9a-f]{16})?)?$/;

/** The name of an intent, of its guard, or of a marker of that. */
export function isIntentName(name: string): boolean {
  return INTENT.test(name);
}

const STORE_TEMPORARY = /^\.openclaw-store-[0-9a-f]{32}\.tmp$/;

export function storeTemporaryPath(directory: string, token: string): string {
  return join(directory, `.openclaw-store-${token}.tmp`);
}

export function isStoreTemporaryName(name: string): boolean {
  return STORE_TEMPORARY.test(name);
}

/** The intent of a generation (REFRESH-4). */
export function intentPath(directory: string, generation: string): string {
  return join(directory, `.openclaw-refresh-${generation.slice(0, 32)}.json`);
}

const UNFINISHED_WITNESS = /^\.openclaw-lock-[0-9a-f]{16}\.tmp$/;

/** A witness, and what it is called until it listens: bare names of one and the same random digits (WITNESS-2). */
export function newWitnessNames(): { readonly name: string; readonly unfinished: string } {
  const digits = randomBytes(8).toString("hex");
  return { name: `.openclaw-lock-${digits}.sock`, unfinished: `.openclaw-lock-${digits}.tmp` };
}

export function isUnfinishedWitnessName(name: string): boolean {
  return UNFINISHED_WITNESS.test(name);
}

/** Of what has not got its own name yet. */
export function isTemporaryName(name: string): boolean {
  return isCandidateName(name) || isUnfinishedWitnessName(name);
}

/** 128 random bits, new for every publication. */
export function newToken(): string {
  return randomBytes(16).toString("hex");
}
