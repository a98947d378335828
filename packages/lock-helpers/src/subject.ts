import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { Question } from "./ask-witness.js";
import { type FileClock, millisecondsOf, monotonic } from "./clock.js";
import { Inquiry } from "./inquiry.js";
import { type LockFile, readLock } from "./lock-file.js";
import { type LazyEvidence, observe } from "./observe.js";
import type { InspectionSession } from "./session.js";
import type { System } from "./system.js";
import { type Judgement, judge, type Policy } from "./verdict.js";
import { Watch } from "./watch.js";

/** One look at a lock, guard or marker, judged. */
export interface Finding {
  readonly path: string;
  readonly file: LockFile;
  readonly evidence: LazyEvidence;
  readonly judgement: Judgement;
  readonly policy: Policy;
  /** Age by the file system's clock, or, of a file dated in the future, the time for which we saw it unchanged. */
  readonly quietMs: () => number;
  /** To be answered before the judgement counts; it opens when `evidence.witness` is first looked at. */
  readonly question: Question | undefined;
}

// Looking through /proc at every poll would cost more than the wait. What was not stale this recently, and stands there
// unchanged, is not judged again, and its witness not asked; a holder that has died is noticed nevertheless.
const REUSE_MS = 100;

/** A path that may be in the way, as one call sees it over time. */
export class Subject {
  readonly #path: string;
  readonly #clock: FileClock;
  readonly #system: System;
  readonly #policy: Policy;
  readonly #session: InspectionSession | undefined;
  #previous: Finding | undefined;
  #judgedAt = 0;
  #wasWatched = false;
  readonly #watch = new Watch();
  #inquiry: Inquiry | undefined;

  /** @param session shares what it can with other looks. Never for a judgement that something is removed by. */
  constructor(path: string, clock: FileClock, system: System, policy: Policy, session?: InspectionSession) {
    this.#path = path;
    this.#session = session;
    this.#clock = clock;
    this.#system = system;
    this.#policy = policy;
  }

  /** As `look`, and judges anew what it has judged a moment ago. */
  lookAgain(): Finding | undefined {
    this.#judgedAt = Number.NEGATIVE_INFINITY;
    return this.look();
  }

  /** What stands at the path now; undefined: nothing. Throws when it may not be read. */
  look(): Finding | undefined {
    const file = readLock(this.#path);
    if (!file) {
      this.#previous = undefined;
      return undefined;
    }
    const isUnchanged = this.#previous !== undefined && isSame(this.#previous.file, file);
    this.#watch.look({ monotonic: monotonic(), wall: Date.now() }, isUnchanged);
    if (this.#previous && this.#isReusable(this.#previous, file)) return this.#previous;
    this.#judgedAt = monotonic();
    this.#wasWatched = this.isWatched;
    this.#previous = this.#judge(file);
    return this.#previous;
  }

  #judge(file: LockFile): Finding {
    const { watchedMs } = this.#watch;
    const quietMs = () => {
      const age = this.#clock.now() - millisecondsOf(file.stat.mtimeNs);
      return age >= 0 ? age : watchedMs;
    };
    const { object, bytes, stat } = file;
    let question: Question | undefined;
    const witness = (name: string) => {
      if (!bytes) return "unknown";
      this.#inquiry ??= new Inquiry(dirname(this.#path), REUSE_MS, () => {
        this.#judgedAt = Number.NEGATIVE_INFINITY;
      });
      const known = this.#inquiry.recall(bytes, name);
      question = known.question;
      return known.answer;
    };
    const session = this.#session;
    const unchangedMs = () => this.#clock.now() - millisecondsOf(stat.ctimeNs);
    const observed = {
      ...{ object, bytes, dev: String(stat.dev), ino: String(stat.ino), quietMs, witness },
      silentMs: () => this.#watch.silentMs(quietMs()),
      directoryDev: () => deviceOf(dirname(this.#path)),
      ...(session && { census: () => session.census(unchangedMs()) }),
    };
    const evidence = observe(observed, this.#system);
    const judgement = judge(evidence, this.#policy);
    return {
      ...{ path: this.#path, file, evidence, judgement, policy: this.#policy, quietMs },
      get question() {
        return question;
      },
    };
  }

  /** Whether it has stood unchanged for as long as its silence has to be seen (VERDICT-12). */
  get isWatched(): boolean {
    return this.#watch.isComplete;
  }

  #isReusable(previous: Finding, file: LockFile): boolean {
    if (previous.judgement.verdict === "stale" || monotonic() - this.#judgedAt > REUSE_MS) return false;
    if (!isSame(previous.file, file) || this.isWatched !== this.#wasWatched) return false;
    const { pid } = previous.evidence;
    if (pid === null || previous.judgement.verdict !== "held" || previous.evidence.process !== "live") return true;
    return this.#system.signal(pid) !== "ESRCH";
  }
}

function deviceOf(directory: string): string | undefined {
  try {
    return String(statSync(directory, { bigint: true }).dev);
  } catch {
    return undefined;
  }
}

/** Same bytes and same modification time (RECLAIM-2). */
export function isSame(one: LockFile, other: LockFile): boolean {
  if (one.object !== other.object || one.stat.mtimeNs !== other.stat.mtimeNs) return false;
  if (one.bytes && other.bytes) return one.bytes.equals(other.bytes);
  return one.bytes === other.bytes && one.stat.ino === other.stat.ino && one.stat.size === other.stat.size;
}

/** The very same object, too, and not even a change of its mode since: for what may be anybody's. */
export function isUntouched(one: LockFile, other: LockFile): boolean {
  const isOneObject = one.stat.dev === other.stat.dev && one.stat.ino === other.stat.ino;
  return isSame(one, other) && isOneObject && one.stat.ctimeNs === other.stat.ctimeNs;
}
