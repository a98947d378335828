import { findLockFiles } from "./names.js";
import { parse } from "./payload.js";
import { type Planted, readSafely, typeOf } from "./planted.js";

export interface Deaths {
  /** Pids that the case has killed. */
  readonly killed: ReadonlySet<number>;
  /** Peers, whose guards and locks are directories and empty files, were killed too. */
  readonly peersKilled: boolean;
}

/** Lock files that nobody can be excused for: not planted, not excused, and not of a process that the case has killed. */
export function findLeftovers(
  folder: string,
  planted: Planted,
  excused: ReadonlySet<string>,
  deaths: Deaths,
): string[] {
  return findLockFiles(folder)
    .filter(({ path }) => !excused.has(path) && !planted.unchanged(path) && typeOf(path) !== undefined)
    .filter(({ path, kind }) => {
      const payload = parse(readSafely(path)?.bytes.toString("utf8") ?? "");
      if (payload !== undefined) return !deaths.killed.has(Number(payload["pid"]));
      // A candidate that was cut off names nobody; a published file is whole, unless a peer wrote it.
      return kind === "candidate" ? deaths.killed.size === 0 : !deaths.peersKilled;
    })
    .map(({ path, kind }) => `${kind} ${path}`);
}
