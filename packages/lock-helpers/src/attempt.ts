import type { Question } from "./ask-witness.js";
import { monotonic } from "./clock.js";
import { Contender } from "./contender.js";
import { FileLockError } from "./errors.js";
import { type Denial, foreignError } from "./foreign-error.js";
import { abandonmentOf } from "./foreign-finding.js";
import { SETTLE_MS, WAIT_EVENT_MS } from "./generated/constants.js";
import { type AcquireScene, breakDead, mayBreak, reclaim } from "./guard.js";
import { heartbeatOf } from "./heartbeat.js";
import { HeldLock } from "./held.js";
import { holderOf } from "./holder.js";
import { orphanedGuardError, reentrantError, staleError, timeoutError } from "./messages.js";
import type { Settings } from "./options.js";
import { compare } from "./ownership.js";
import type { LockPaths } from "./paths.js";
import { point } from "./points.js";
import { shared } from "./shared.js";
import { forget, type Publication, type PublishSteps, publish, withdraw } from "./sidecar.js";
import { type Finding, isUntouched } from "./subject.js";
import type { System } from "./system.js";
import type { Steps } from "./wait.js";

export interface Request {
  readonly paths: LockPaths;
  readonly settings: Settings;
  readonly system: System;
  /** Waiting blocks the thread, so a lock that this thread holds cannot be released meanwhile. */
  readonly isSync: boolean;
  /** Monotonic ms when the call began. */
  readonly startedAt: number;
}

/**
 * What one try came to: the lock; a reason to look again at once; a witness to be asked first; or what is in the way, as
 * far as it is known.
 */
export type Outcome =
  | { readonly kind: "got"; readonly lock: Publication; readonly isReclaimed: boolean }
  | { readonly kind: "cleared" }
  | { readonly kind: "raced" }
  | { readonly kind: "ask"; readonly question: Question; readonly obstacle: Finding }
  | { readonly kind: "wait"; readonly obstacle?: Finding; readonly error?: FileLockError };

// Something dead was removed: there is always an end to that.
const CLEARED: Outcome = { kind: "cleared" };
// Somebody else was first.
const RACED: Outcome = { kind: "raced" };

// What passes by itself: a file handle that a server has forgotten, and Windows while a file is being deleted.
const PASSING = new Set(process.platform === "win32" ? ["EPERM", "EACCES", "EBUSY"] : ["ESTALE"]);

// To search all processes at every poll would cost more than the wait.
const SEARCH_EVERY_MS = 100;

/** One acquire call: what it has seen so far, and what a try of it does. */
export class Acquisition extends Contender implements AcquireScene {
  readonly #isSync: boolean;
  readonly #startedAt: number;
  readonly #heartbeatMs: number | undefined;
  #hasWaited = false;
  #foreignSince = 0;
  #denial: Denial | undefined;
  #deniedAt = Number.NEGATIVE_INFINITY;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor({ paths, settings, system, isSync, startedAt }: Request) {
    super(paths, settings, system);
    this.#isSync = isSync;
    this.#startedAt = startedAt;
    this.#heartbeatMs = heartbeatOf(settings.staleMs);
    this.waitedMs = () => (this.#hasWaited ? monotonic() - startedAt : 0);
  }

  hold(lock: Publication): HeldLock {
    return new HeldLock(lock, this.call, this.#heartbeatMs, this.#hasWaited);
  }

  /** RECLAIM-5: an old OpenClaw that judged the same dead lock may yet remove ours. Says whether we still have it. */
  *settle(lock: Publication): Steps<boolean> {
    try {
      yield SETTLE_MS;
      const isKept = this.calling(lock.path, () => compare(lock.path, lock.bytes) === "ours");
      if (!isKept) forget(lock);
      return isKept;
    } catch (error) {
      withdraw(lock);
      throw error;
    }
  }

  try(): Outcome {
    try {
      return this.#tryOnce();
    } catch (error) {
      if (error instanceof FileLockError && this.#mayPass(error)) return { kind: "wait", error };
      throw error;
    }
  }

  // Another user's guard, readable or not, is gone in a moment (RECLAIM-1).
  #mayPass({ code, errno, path }: FileLockError): boolean {
    const isGuardClosed = code === "file_lock_permission" && path === this.paths.guardPath;
    return isGuardClosed || PASSING.has(errno ?? "");
  }

  // PUBLISH-1: both are looked at before each attempt, the guard first; its presence alone keeps everybody away.
  #tryOnce(): Outcome {
    const { guardPath, lockPath, directory } = this.paths;
    const guard = this.calling(guardPath, () => this.subject(guardPath).look());
    if (guard) return this.#faceGuard(guard);
    const lock = this.calling(lockPath, () => this.subject(lockPath).look());
    if (lock) return this.#faceLock(lock);
    point("acquire:looked");
    const steps = { candidate: () => point("acquire:candidate"), linked: () => point("acquire:linked") };
    const got = this.calling(directory, () => this.publishLock(steps));
    return got ? { kind: "got", lock: got, isReclaimed: false } : RACED;
  }

  #faceGuard(guard: Finding): Outcome {
    if (!mayBreak(guard)) return waitFor(guard);
    if (!this.settings.reclaim) throw staleError(this.call, guard, this.system);
    const obstacle = this.calling(guard.path, () => breakDead(this, guard));
    return obstacle ? waitFor(obstacle) : CLEARED;
  }

  #faceLock(lock: Finding): Outcome {
    const { verdict } = lock.judgement;
    if (lock.question) return waitFor(lock);
    if (verdict !== "foreign") this.#foreignSince = 0;
    if (verdict === "foreign") return this.#faceForeign(lock);
    if (verdict === "stale") return this.#faceStale(lock);
    if (this.#isSync && this.#isOwnOf(lock)) {
      throw reentrantError(this.call, "this thread holds it, and would wait for itself");
    }
    return { kind: "wait", obstacle: lock };
  }

  #faceForeign(lock: Finding): Outcome {
    const isFirst = this.#foreignSince === 0;
    this.#foreignSince ||= monotonic();
    if (isFirst || monotonic() - this.#deniedAt >= SEARCH_EVERY_MS) {
      this.#denial = this.#denialOf(lock);
      this.#deniedAt = monotonic();
      if (this.#denial === "abandoned") return this.#takeOver(lock);
    }
    // What is no readable file will not become a lock by waiting.
    const isHopeless = this.#denial === undefined || this.#denial === "not-removable" || this.#denial === "forbidden";
    if (lock.file.bytes !== undefined || !isHopeless) return { kind: "wait", obstacle: lock };
    const error = foreignError(this.call, lock, this.system, this.#denial);
    // A directory that was let go before it could be listed was not seen to be empty.
    if (!this.#isUntouched(lock)) return RACED;
    throw error;
  }

  #isUntouched(lock: Finding): boolean {
    const again = this.calling(lock.path, () => this.subject(lock.path).look());
    return again !== undefined && isUntouched(lock.file, again.file);
  }

  /** Why it stays, where its removal was asked for. */
  #denialOf(lock: Finding): Denial | undefined {
    if (!this.settings.removeForeign) return undefined;
    return this.settings.reclaim ? abandonmentOf(lock, this.system) : "forbidden";
  }

  isAbandoned(foreign: Finding): boolean {
    return abandonmentOf(foreign, this.system) === "abandoned";
  }

  #faceStale(lock: Finding): Outcome {
    if (!this.settings.reclaim) throw staleError(this.call, lock, this.system);
    return this.#takeOver(lock);
  }

  #takeOver(lock: Finding): Outcome {
    const got = this.calling(lock.path, () => reclaim(this, lock));
    return typeof got === "string" ? RACED : { kind: "got", lock: got, isReclaimed: true };
  }

  #isOwnOf(lock: Finding): boolean {
    for (const { path, bytes, abandoned } of shared.owned) {
      if (path === lock.path && !abandoned && bytes && lock.file.bytes?.equals(bytes)) return true;
    }
    return false;
  }

  /** The time left in ms, after telling the wait hook; throws when there is none. */
  giveUpOrWait({ obstacle, error }: { readonly obstacle?: Finding; readonly error?: FileLockError }): number {
    const now = monotonic();
    const { timeoutMs, foreignTimeoutMs, onWait } = this.settings;
    const deadline = this.#startedAt + timeoutMs;
    const isForeign = obstacle !== undefined && this.#foreignSince > 0 && obstacle.path === this.paths.lockPath;
    const end = isForeign ? Math.min(deadline, this.#foreignSince + foreignTimeoutMs) : deadline;
    if (now >= end) throw error ?? this.#giveUp(obstacle, isForeign);
    this.#hasWaited = true;
    if (onWait && now - this.#toldAt >= WAIT_EVENT_MS) {
      this.#toldAt = now;
      const { target, lockPath } = this.paths;
      const holder = obstacle && holderOf(obstacle, this.system);
      onWait({ target, lockPath, waitedMs: now - this.#startedAt, holder });
    }
    return end - now;
  }

  #giveUp(obstacle: Finding | undefined, isForeign: boolean): FileLockError {
    if (obstacle && isForeign) return foreignError(this.call, obstacle, this.system, this.#denial);
    if (obstacle && this.#isOrphaned(obstacle)) return orphanedGuardError(this.call, obstacle, this.system);
    return timeoutError(this.call, obstacle, this.system);
  }

  // RECLAIM-8: a guard, or a marker, that names nobody, and has been there for long.
  #isOrphaned(obstacle: Finding): boolean {
    const isLock = obstacle.path === this.paths.lockPath;
    return !isLock && obstacle.evidence.pid === null && obstacle.quietMs() >= this.settings.staleMs;
  }

  publishLock(steps?: PublishSteps): Publication | undefined {
    const draft = this.draft({ heartbeatMs: this.#heartbeatMs, purpose: this.settings.purpose });
    return publish(this.paths.lockPath, this.paths.directory, draft, steps);
  }
}

// What is not known of its witness yet is asked first, whatever the verdict is without it.
function waitFor(obstacle: Finding): Outcome {
  const { question } = obstacle;
  return question ? { kind: "ask", question, obstacle } : { kind: "wait", obstacle };
}
