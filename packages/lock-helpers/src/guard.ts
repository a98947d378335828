import { ownPayload } from "./identity.js";
import { compare, unlinkIfThere } from "./ownership.js";
import { type LockPaths, markerPath, newToken } from "./paths.js";
import { serialisePayload } from "./payload.js";
import { point } from "./points.js";
import { forget, type Publication, publish, withdraw } from "./sidecar.js";
import { type Finding, isSame, type Subject } from "./subject.js";

/** What reclaim and repair need of the acquire call that they serve. */
export interface Scene {
  readonly paths: LockPaths;
  readonly dev: string;
  subject(path: string): Subject;
  /** Publishes the lock itself; undefined when somebody else was first. */
  publishLock(): Publication | undefined;
}

/**
 * Takes over a lock that was judged stale (RECLAIM-2). Nothing is awaited in here: OpenClaw waits on the guard and never
 * clears it (RECLAIM-3).
 *
 * @returns the own lock; `guarded` when somebody else reclaims; `changed` when there is reason to begin again.
 */
export function reclaim(scene: Scene, judged: Finding): Publication | "guarded" | "changed" {
  point("reclaim:judged");
  const guard = publishOwn(scene, scene.paths.guardPath);
  if (!guard) return "guarded";
  let lock: Publication | undefined;
  try {
    try {
      point("reclaim:guarded");
      if (unlinkStale(scene, judged)) lock = scene.publishLock();
      if (lock) point("reclaim:published");
    } finally {
      drop(guard, () => point("reclaim:unguarding"));
    }
  } catch (error) {
    if (lock) withdraw(lock);
    throw error;
  }
  return lock ?? "changed";
}

// Judged again, now that no other contender of this contract can replace the lock between the check and the unlink.
function unlinkStale(scene: Scene, judged: Finding): boolean {
  const again = scene.subject(judged.path).look();
  if (!again) return false;
  if (!isSame(judged.file, again.file)) return false;
  if (again.judgement.verdict !== "stale") return false;
  point("reclaim:rejudged");
  unlinkIfThere(judged.path);
  point("reclaim:unlinked");
  return true;
}

/** Whether a guard or marker may be broken: its owner is proven dead. Never by age: a stopped reclaimer would lose. */
export function mayBreak(finding: Finding): boolean {
  return finding.judgement.verdict === "stale" && finding.judgement.conclusive;
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
  const token = newToken();
  const bytes = serialisePayload(ownPayload(token, scene.dev));
  return publish(path, scene.paths.directory, token, bytes);
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
