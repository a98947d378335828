import { compare, removeDirectory, unlinkIfThere } from "./ownership.js";
import { type LockPaths, markerPath } from "./paths.js";
import { point } from "./points.js";
import { type Draft, forget, type Publication, publish, withdraw } from "./sidecar.js";
import { type Finding, isSame, isUntouched, type Subject } from "./subject.js";

/** What reclaim and repair need of the call that they serve. */
export interface Scene {
  readonly paths: LockPaths;
  /** A guard or marker of ours, to be published. */
  draft(): Draft;
  subject(path: string): Subject;
}

export interface AcquireScene extends Scene {
  /** Publishes the lock itself; undefined when somebody else was first. */
  publishLock(): Publication | undefined;
  /** Whether a foreign lock may be removed, by all that can be seen now (FOREIGN-6). */
  isAbandoned(foreign: Finding): boolean;
}

/**
 * Takes over a lock that was judged stale (RECLAIM-2), or a foreign one that was judged abandoned (FOREIGN-5). Nothing is awaited in here: OpenClaw waits on the guard and never
 * clears it (RECLAIM-3).
 *
 * @returns the own lock; `guarded` when somebody else reclaims; `changed` when there is reason to begin again.
 */
export function reclaim(scene: AcquireScene, judged: Finding): Publication | "guarded" | "changed" {
  let lock: Publication | undefined;
  try {
    const isGuarded = underGuard(scene, () => {
      const isForeign = judged.judgement.verdict === "foreign";
      const isRemoved = isForeign ? removeForeign(scene, judged) : unlinkStale(scene, judged);
      if (isRemoved) lock = scene.publishLock();
      if (lock) point("reclaim:published");
    });
    return isGuarded ? (lock ?? "changed") : "guarded";
  } catch (error) {
    if (lock) withdraw(lock);
    throw error;
  }
}

/** Removes a lock that was judged stale, as `reclaim` does, and takes none. Says whether it is removed. */
export function removeStale(scene: Scene, judged: Finding): boolean {
  let isRemoved = false;
  underGuard(scene, () => {
    isRemoved = unlinkStale(scene, judged);
  });
  return isRemoved;
}

/** Says whether we had the guard: somebody else reclaims otherwise. */
export function underGuard(scene: Scene, act: () => void): boolean {
  point("reclaim:judged");
  const guard = publishOwn(scene, scene.paths.guardPath);
  if (!guard) return false;
  try {
    point("reclaim:guarded");
    act();
  } finally {
    drop(guard, () => point("reclaim:unguarding"));
  }
  return true;
}

// Judged again, now that no other contender of this contract can replace the lock between the check and the unlink.
function unlinkStale(scene: Scene, judged: Finding): boolean {
  const again = scene.subject(judged.path).look();
  if (!again) return false;
  if (!isSame(judged.file, again.file)) return false;
  if (again.judgement.verdict !== "stale") return false;
  // Nobody can be asked in here: what was refused is known, and an older answer did for the judgement before.
  if (again.question?.isFirst) return false;
  point("reclaim:rejudged");
  unlinkIfThere(judged.path);
  point("reclaim:unlinked");
  return true;
}

// Who made it knows no guard: whatever looks different from what was judged stays.
function removeForeign(scene: AcquireScene, judged: Finding): boolean {
  const again = scene.subject(judged.path).lookAgain();
  if (!again || !isUntouched(judged.file, again.file)) return false;
  if (again.judgement.verdict !== "foreign" || !scene.isAbandoned(again)) return false;
  point("reclaim:rejudged");
  if (again.file.object === "directory") {
    if (!removeDirectory(judged.path)) return false;
  } else unlinkIfThere(judged.path);
  point("reclaim:unlinked");
  return true;
}

/** Whether a guard or marker may be broken: its owner is proven dead. Never by age: a stopped reclaimer would lose. */
export function mayBreak(finding: Finding): boolean {
  return finding.judgement.verdict === "stale" && finding.judgement.conclusive && !finding.question;
}

/**
 * Breaks a dead reclaimer's guard, or a dead breaker's marker, exactly once for these bytes (RECLAIM-7).
 *
 * @returns undefined when there is progress: look again at once. Otherwise what is in the way.
 */
export function breakDead(scene: Scene, dead: Finding): Finding | undefined {
  const bytes = dead.file.bytes;
  if (!bytes || !mayBreak(dead)) return dead;
  const path = markerPath(scene.paths.guardPath, bytes);
  const marker = publishOwn(scene, path);
  if (!marker) {
    const other = scene.subject(path).look();
    return other && breakDead(scene, other);
  }
  try {
    point("break:marked");
    // The guard may have been broken, and another one taken, since it was judged.
    if (compare(dead.path, bytes) !== "ours") return undefined;
    point("break:compared");
    unlinkIfThere(dead.path);
    point("break:unlinked");
    return undefined;
  } finally {
    drop(marker);
  }
}

function publishOwn(scene: Scene, path: string): Publication | undefined {
  return publish(path, scene.paths.directory, scene.draft());
}

// By its owner only, after comparing bytes, on every path (RECLAIM-4). What fails here is tried again later.
function drop(publication: Publication, beforeUnlink?: () => void): void {
  let isDropped = false;
  try {
    if (compare(publication.path, publication.bytes) === "ours") {
      beforeUnlink?.();
      unlinkIfThere(publication.path);
    }
    isDropped = true;
  } finally {
    if (isDropped) forget(publication);
    else withdraw(publication);
  }
}
