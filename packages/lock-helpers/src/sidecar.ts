import { closeSync, constants, fchmodSync, fstatSync, ftruncateSync, linkSync, lstatSync, openSync } from "node:fs";
import { closeQuietly, writeAll } from "./descriptor.js";
import { errnoOf } from "./errors.js";
import { compare, unlinkIfThere } from "./ownership.js";
import { candidatePath } from "./paths.js";
import { discard, disown, type Owned, own } from "./shared.js";
import type { Witness } from "./witness.js";

/** What is about to be published: the bytes, the token that they hold, and the witness that they name. */
export interface Draft {
  readonly token: string;
  readonly bytes: Buffer;
  readonly witness: Witness | undefined;
}

/** A lock, guard or marker of ours, at its path. */
export interface Publication {
  readonly path: string;
  readonly bytes: Buffer;
  readonly token: string;
  readonly owned: Owned;
  /** Open until release: it pins the inode and is evidence of life. Undefined on Windows, where it would block unlink. */
  fd: number | undefined;
}

/** Called between the steps of a publication: the candidate is written; the lock is there, and the candidate too. */
export interface PublishSteps {
  candidate?(fd: number): void;
  linked?(): void;
}

const IS_WINDOWS = process.platform === "win32";
export const CREATE_FLAGS = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);

// What `link` says where there are no hard links, or none for us.
export const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV", "EMLINK", "EACCES"]);
const NO_MODES = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL"]);

/**
 * Publishes these bytes at the path, whole or not at all (PUBLISH-2 to PUBLISH-7).
 *
 * @returns undefined when somebody else was first, or swept the candidate: look again.
 * @throws the failing system call's error, or what a step throws; nothing is left behind then.
 */
export function publish(
  path: string,
  directory: string,
  { token, bytes, witness }: Draft,
  steps: PublishSteps = {},
): Publication | undefined {
  const candidate = own(candidatePath(directory, token), undefined);
  const owned = own(path, bytes, witness);
  let fd: number | undefined;
  try {
    const linked = publishByLink(candidate.path, path, bytes, steps);
    fd = linked === "no-links" ? publishInPlace(path, bytes) : linked;
    if (fd === undefined) {
      disown(owned);
      return undefined;
    }
    steps.linked?.();
    if (!IS_WINDOWS) return { path, bytes, token, owned, fd };
    closeSync(fd);
    return { path, bytes, token, owned, fd: undefined };
  } catch (error) {
    // Compares first, so it is right whether or not the link has happened.
    discard(owned);
    if (fd !== undefined) closeQuietly(fd);
    throw error;
  } finally {
    discard(candidate);
  }
}

function publishByLink(
  candidate: string,
  path: string,
  bytes: Buffer,
  steps: PublishSteps,
): number | undefined | "no-links" {
  const fd = openSync(candidate, CREATE_FLAGS, 0o600);
  let isPublished = false;
  try {
    writeAll(fd, bytes);
    makeReadable(fd);
    steps.candidate?.(fd);
    const refusal = link(candidate, path);
    // The reply of a link that was made can get lost (NFS): what is at the path decides.
    isPublished = refusal === undefined || compare(path, bytes) === "ours";
    if (isPublished) return fd;
    const errno = errnoOf(refusal) ?? "";
    if (errno === "EEXIST" || errno === "ENOENT") return undefined;
    if (NO_LINKS.has(errno)) return "no-links";
    throw refusal;
  } finally {
    if (!isPublished) closeQuietly(fd);
  }
}

function link(from: string, to: string): unknown {
  try {
    linkSync(from, to);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Where there are no hard links (PUBLISH-4). A writer killed in here leaves an empty or torn lock: see limits.md. */
function publishInPlace(path: string, bytes: Buffer): number | undefined {
  let fd: number;
  try {
    fd = openSync(path, CREATE_FLAGS, 0o600);
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return undefined;
    throw error;
  }
  let isPublished = false;
  try {
    writeAll(fd, bytes);
    makeReadable(fd);
    // Somebody may have taken the half-written lock for an abandoned one, while we were stopped.
    isPublished = compare(path, bytes) === "ours";
    return isPublished ? fd : undefined;
  } catch (error) {
    removeTorn(path, fd);
    throw error;
  } finally {
    if (!isPublished) closeQuietly(fd);
  }
}

// It does not hold our bytes, so whoever finds it cannot judge it. Empty, it is anybody's when it is old (row 5).
function removeTorn(path: string, fd: number): void {
  try {
    if (isSameFile(path, fd)) unlinkIfThere(path);
  } catch {
    try {
      ftruncateSync(fd);
    } catch {
      // The error that has led here is told.
    }
  }
}

// The open descriptor pins the inode, so equal numbers are the same file and not a successor's.
function isSameFile(path: string, fd: number): boolean {
  const ours = fstatSync(fd, { bigint: true });
  const there = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return there !== undefined && there.dev === ours.dev && there.ino === ours.ino;
}

// 0444 whatever the umask (PUBLISH-6): others may read who holds it, and a locker of the flock kind that opens it for
// writing fails, instead of truncating a live lock.
function makeReadable(fd: number): void {
  if (IS_WINDOWS) return;
  try {
    fchmodSync(fd, 0o444);
  } catch (error) {
    if (!NO_MODES.has(errnoOf(error) ?? "")) throw error;
  }
}

/** Closes the descriptor that a publication has kept; nothing of ours is at its path any more. */
export function forget(publication: Publication): void {
  disown(publication.owned);
  closeDescriptor(publication);
}

/** Gives up a publication: removes it, now or at the next chance, and closes its descriptor. Never throws. */
export function withdraw(publication: Publication): void {
  discard(publication.owned);
  closeDescriptor(publication);
}

function closeDescriptor(publication: Publication): void {
  const { fd } = publication;
  publication.fd = undefined;
  if (fd !== undefined) closeQuietly(fd);
}
