import { type FileClock, millisecondsOf, monotonic } from "./clock.js";
import { POLL_MAX_MS } from "./generated/constants.js";
import { type LockFile, readLock } from "./lock-file.js";
import { type LazyEvidence, observe } from "./observe.js";
import type { System } from "./system.js";
import { type Judgement, judge } from "./verdict.js";

/** One look at a lock, guard or marker, judged. */
export interface Finding {
  readonly path: string;
  readonly file: LockFile;
  readonly evidence: LazyEvidence;
  readonly judgement: Judgement;
  /** Age by the file system's clock, or, of a file dated in the future, the time for which we saw it unchanged. */
  readonly quietMs: () => number;
}

// Looking through /proc at every poll would cost more than the wait. What was not stale this recently, and stands there
// unchanged, is not judged again; a holder that has died is noticed nevertheless.
const REUSE_MS = 100;

/** A path that may be in the way, as one acquire call sees it over time. */
export class Subject {
  readonly #path: string;
  readonly #clock: FileClock;
  readonly #system: System;
  readonly #staleMs: number;
  #previous: Finding | undefined;
  #judgedAt = 0;
  #seenAt = 0;
  #unchangedMs = 0;

  constructor(path: string, clock: FileClock, system: System, staleMs: number) {
    this.#path = path;
    this.#clock = clock;
    this.#system = system;
    this.#staleMs = staleMs;
  }

  /** What stands at the path now; undefined: nothing. Throws when it may not be read. */
  look(): Finding | undefined {
    const file = readLock(this.#path);
    if (!file) {
      this.#previous = undefined;
      return undefined;
    }
    this.#trackUnchanged(file);
    if (this.#previous && this.#isReusable(this.#previous, file)) return this.#previous;
    this.#judgedAt = monotonic();
    this.#previous = this.#judge(file);
    return this.#previous;
  }

  #judge(file: LockFile): Finding {
    const unchangedMs = this.#unchangedMs;
    const quietMs = () => {
      const age = this.#clock.now() - millisecondsOf(file.stat.mtimeNs);
      return age >= 0 ? age : unchangedMs;
    };
    const { object, bytes, stat } = file;
    const evidence = observe({ object, bytes, dev: String(stat.dev), ino: String(stat.ino), quietMs }, this.#system);
    return { path: this.#path, file, evidence, judgement: judge(evidence, { staleMs: this.#staleMs }), quietMs };
  }

  // At most one pause counts a look: a machine that slept between two looks has seen nothing of the time between.
  #trackUnchanged(file: LockFile): void {
    const now = monotonic();
    const isUnchanged = this.#previous !== undefined && isSame(this.#previous.file, file);
    this.#unchangedMs = isUnchanged ? this.#unchangedMs + Math.min(now - this.#seenAt, POLL_MAX_MS) : 0;
    this.#seenAt = now;
  }

  #isReusable(previous: Finding, file: LockFile): boolean {
    if (previous.judgement.verdict === "stale" || monotonic() - this.#judgedAt > REUSE_MS) return false;
    if (!isSame(previous.file, file)) return false;
    const { pid } = previous.evidence;
    if (pid === null || previous.judgement.verdict !== "held" || previous.evidence.process !== "live") return true;
    return this.#system.signal(pid) !== "ESRCH";
  }
}

/** Same bytes and same modification time (RECLAIM-2). */
export function isSame(one: LockFile, other: LockFile): boolean {
  if (one.object !== other.object || one.stat.mtimeNs !== other.stat.mtimeNs) return false;
  if (one.bytes && other.bytes) return one.bytes.equals(other.bytes);
  return one.bytes === other.bytes && one.stat.ino === other.stat.ino && one.stat.size === other.stat.size;
}
