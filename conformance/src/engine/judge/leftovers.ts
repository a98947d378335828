import { findLockFiles, isWitness, type LockFileKind } from "./names.js";
import { parse } from "./payload.js";
import { type Planted, readSafely, typeOf } from "./planted.js";
import { askWitness } from "./witnesses.js";

export interface Deaths {
  /** Pids that the case has killed. */
  readonly killed: ReadonlySet<number>;
  /** Peers, whose guards and locks are directories and empty files, were killed too. */
  readonly peersKilled: boolean;
  /** Whether somebody is there still whose witness this may be. */
  livesOn(witness: string): boolean;
  /** Whether whoever made this witness could not clean up: it was killed, or its language has no hook for its end. */
  mayHaveLeft(witness: string): boolean;
}

/** Lock files that nobody can be excused for: not planted, not excused, and not of a process that the case has killed. */
export async function findLeftovers(
  folder: string,
  planted: Planted,
  excused: ReadonlySet<string>,
  deaths: Deaths,
): Promise<string[]> {
  const suspects = findLockFiles(folder).filter(
    ({ path }) => !excused.has(path) && !planted.unchanged(path) && typeOf(path) !== undefined,
  );
  const left: string[] = [];
  for (const { path, kind } of suspects) {
    const complaint = isWitness(kind) ? await ofWitness(path, kind, deaths) : ofFile(path, kind, deaths);
    if (complaint !== undefined) left.push(complaint);
  }
  return left;
}

function ofFile(path: string, kind: LockFileKind, { killed, peersKilled }: Deaths): string | undefined {
  const complaint = `${kind} ${path} was left behind`;
  const payload = kind === "unfinished-store" ? undefined : parse(readSafely(path)?.bytes.toString("utf8") ?? "");
  if (payload !== undefined) return killed.has(Number(payload["pid"])) ? undefined : complaint;
  // What was cut off names nobody; a published file is whole, unless a peer wrote it.
  const isExcused = kind === "candidate" || kind === "unfinished-store" ? killed.size > 0 : peersKilled;
  return isExcused ? undefined : complaint;
}

/** A process may keep an idle witness while it lives. */
async function ofWitness(path: string, kind: LockFileKind, deaths: Deaths): Promise<string | undefined> {
  if ((await askWitness(path)) === "answers") {
    return deaths.livesOn(path) ? undefined : `${kind} ${path} still answers, although its process has ended`;
  }
  return deaths.mayHaveLeft(path) ? undefined : `${kind} ${path} was left behind`;
}
