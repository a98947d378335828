import { type BigIntStats, type Dir, lstatSync, opendirSync, realpathSync, statSync } from "node:fs";
import { basename, join } from "node:path";

/** What a walk meets, in the order of names, a directory at a time. */
export type Met =
  | { readonly kind: "directory"; readonly path: string; readonly names: readonly string[] }
  | { readonly kind: "unreadable"; readonly path: string; readonly why: string }
  | { readonly kind: "skipped"; readonly path: string; readonly why: string };

// Names that may matter; everything else is forgotten at once, so that memory does not grow with a directory's size.
const MAY_MATTER =
  /\.lock$|\.lock\.reclaim|^\.openclaw-lock-|^\.openclaw-lifecycle-lock$|^(?:openclaw|auth-profiles|auth-state|settings)\.json$/;
// A directory at a lock's place is itself what somebody locks with.
const LOCK_DIRECTORY = /\.lock$|\.lock\.reclaim/;
// Where OpenClaw keeps its locks people put links to other disks; anywhere else a link may lead to the whole machine.
const FOLLOWED = /^(?:locks(?:\/oauth-refresh)?|agents(?:\/[^/]+(?:\/agent)?)?)$/;
const DEEPEST = 64;

interface Pending {
  readonly path: string;
  /** Below the root, with slashes. */
  readonly relative: string;
  readonly depth: number;
}

/**
 * Walks a directory and what is below it, each real directory once, without holding more than one directory's names of
 * interest. A directory that vanishes meanwhile was never there; one that cannot be read is told, and the walk goes on.
 */
export function* walk(root: string): Generator<Met, void> {
  const seen = new Set<string>();
  const pending: Pending[] = [{ path: root, relative: "", depth: 0 }];
  for (let at = pending.pop(); at; at = pending.pop()) {
    if (!isNewDirectory(at.path, seen)) continue;
    let listed: Listed;
    try {
      listed = list(at);
    } catch (error) {
      if (!isGone(error)) yield { kind: "unreadable", path: at.path, why: errnoOf(error) };
      continue;
    }
    yield* listed.told;
    if (listed.names.length > 0) yield { kind: "directory", path: at.path, names: listed.names };
    for (const below of listed.below.reverse()) pending.push(below);
  }
}

interface Listed {
  readonly names: string[];
  readonly below: Pending[];
  readonly told: Met[];
}

function list(at: Pending): Listed {
  const listed: Listed = { names: [], below: [], told: [] };
  const isGit = basename(at.path) === ".git";
  // As bytes: a name that is no UTF-8 would come back as one that is not there.
  const directory = opendirSync(at.path, { encoding: "buffer" as BufferEncoding, bufferSize: 256 }) as Dir;
  try {
    for (let entry = directory.readSync(); entry; entry = directory.readSync()) {
      const bytes = entry.name as unknown as Buffer;
      const name = bytes.toString("utf8");
      const mayMatter = MAY_MATTER.test(name);
      if (!mayMatter && !entry.isDirectory() && !entry.isSymbolicLink()) continue;
      const path = join(at.path, name);
      if (!Buffer.from(name, "utf8").equals(bytes)) {
        if (mayMatter || entry.isDirectory())
          listed.told.push({ kind: "unreadable", path, why: "its name is not UTF-8" });
      } else if (mayMatter && !(entry.isDirectory() && !LOCK_DIRECTORY.test(name))) {
        listed.names.push(name);
      } else if (entry.isDirectory()) {
        descend(at, name, path, isGit, listed);
      } else if (entry.isSymbolicLink()) {
        follow(at, name, path, listed);
      }
    }
  } finally {
    directory.closeSync();
  }
  listed.names.sort();
  listed.below.sort((one, other) => (one.path < other.path ? -1 : 1));
  return listed;
}

function descend(at: Pending, name: string, path: string, isGit: boolean, listed: Listed): void {
  // Of git's directory the first level is looked at: below are only its objects and names.
  if (isGit) return;
  if (name === "node_modules") listed.told.push({ kind: "skipped", path, why: "installed packages" });
  else if (at.depth >= DEEPEST) listed.told.push({ kind: "skipped", path, why: `more than ${DEEPEST} levels deep` });
  else listed.below.push({ path, relative: below(at, name), depth: at.depth + 1 });
}

function follow(at: Pending, name: string, path: string, listed: Listed): void {
  const relative = below(at, name);
  if (!FOLLOWED.test(relative)) return;
  try {
    if (!statSync(path).isDirectory()) return;
    listed.below.push({ path: realpathSync.native(path), relative, depth: at.depth + 1 });
  } catch (error) {
    if (!isGone(error)) listed.told.push({ kind: "unreadable", path, why: errnoOf(error) });
  }
}

function below(at: Pending, name: string): string {
  return at.relative === "" ? name : `${at.relative}/${name}`;
}

function isNewDirectory(path: string, seen: Set<string>): boolean {
  let stat: BigIntStats | undefined;
  try {
    stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    // Opening it will say why.
    return true;
  }
  // A link was put there since its directory was listed: it leads elsewhere.
  if (!stat?.isDirectory()) return false;
  const key = `${stat.dev}:${stat.ino}`;
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

function isGone(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(errnoOf(error));
}

export function errnoOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : "unknown error";
}
