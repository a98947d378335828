import type { Driver, Referee, Reply } from "../case.js";
import { now } from "../clock.js";
import type { Sent } from "../driver/observer.js";
import type { Held } from "../operations.js";
import { checkHistory, type Operation } from "./history.js";
import { findOverlaps, type Hold } from "./intervals.js";

export interface Activity {
  readonly driver: string;
  readonly implementation: string;
  readonly target: string;
  readonly label: string;
  readonly from: number;
  to: number | undefined;
}

export interface Mark {
  readonly driver: string;
  readonly at: number;
  readonly kind: "kill" | "point" | "stop" | "cont";
  readonly label: string;
}

/** Whom a name stands for, and where its lock really is. */
export interface Directory {
  implementationOf(driver: string): string;
  /** One string for all spellings of one target. */
  lockOf(driver: string, target: string): string;
}

interface Asked {
  readonly at: number;
  readonly lock: string;
}

type Report = (id: string, ok: boolean, message: string) => void;

const REPORTED_OVERLAPS = 5;

/** Records who held when, from what it sees on the wire, and judges it. The suite's clock is the only one. */
export class CaseReferee implements Referee {
  readonly recorded: Hold[] = [];
  readonly activities: Activity[] = [];
  readonly marks: Mark[] = [];
  holds = 0;
  contended = 0;
  kills = 0;
  /** Most who wanted or held one lock at once. */
  mostAtOnce = 0;
  loopHolds = 0;

  private readonly asked = new Map<string, Asked>();
  private readonly contenders = new Map<string, Set<string>>();
  private readonly operations = new Map<string, Operation[]>();
  private readonly mayEnd = new Map<string, number>();
  private readonly released = new Set<string>();
  private readonly gone = new Set<string>();
  private readonly requests = new Map<string, number>();

  constructor(
    private readonly directory: Directory,
    private readonly report: Report,
    private readonly refusalsOnly: boolean,
  ) {}

  sending(driver: string, { id, verb, fields }: Sent): void {
    const handle = String(fields["handle"]);
    if (verb === "acquire" || verb === "adopt") {
      const lock = this.directory.lockOf(driver, String(fields["target"]));
      this.asked.set(`${driver} ${handle}`, { at: now(), lock });
      this.contend(lock, handle);
    }
    if (verb === "release" || verb === "verify") this.requests.set(`${driver} ${id}`, now());
    // Ended before the request is written: the driver cannot have begun to release.
    if (verb === "release") this.end((hold) => hold.handle === handle && hold.driver === driver, "release", now());
  }

  answered(driver: string, { id, verb, fields }: Sent, reply: Reply): void {
    const at = now();
    const handle = String(fields["handle"]);
    if (verb === "acquire" || verb === "adopt") this.acquireAnswered(driver, handle, reply, at);
    if (verb === "release" || verb === "verify") {
      const call = this.requests.get(`${driver} ${id}`) ?? at;
      this.requests.delete(`${driver} ${id}`);
      const hold = this.recorded.findLast((one) => one.handle === handle && one.driver === driver);
      const kind = hold === undefined ? undefined : claim(verb, reply);
      if (hold === undefined || kind === undefined) return;
      // A second release is harmless and says nothing (RELEASE-3).
      if (verb === "release" && this.released.has(handle)) return;
      if (kind === "released") this.released.add(handle);
      this.record(hold.target, { kind, owner: handle, by: driver, call, return: at });
      if (verb === "release") this.contenders.get(hold.target)?.delete(handle);
    }
  }

  reached(driver: string, point: string): void {
    this.marks.push({ driver, at: now(), kind: "point", label: point });
  }

  /** False when its end was known already. */
  ending(driver: string, how: "kill" | "bye" | "exit" | "end-of-input", at: number): boolean {
    if (this.gone.has(driver)) return false;
    this.gone.add(driver);
    if (how === "kill") {
      this.kills += 1;
      this.marks.push({ driver, at, kind: "kill", label: "killed" });
    }
    for (const hold of this.recorded) {
      if (hold.driver === driver) this.mayEnd.set(hold.handle, Math.min(at, this.mayEnd.get(hold.handle) ?? at));
    }
    this.end((hold) => hold.driver === driver, how, at);
    for (const waiting of this.contenders.values()) {
      for (const handle of waiting) if (handle.startsWith(`${driver}/`)) waiting.delete(handle);
    }
    return true;
  }

  mark(driver: string, kind: "stop" | "cont"): void {
    this.marks.push({ driver, at: now(), kind, label: kind === "stop" ? "stopped" : "continued" });
  }

  forfeit(held: Held): void {
    const at = now();
    this.end((hold) => hold.handle === held.handle, "forfeit", at);
    this.mayEnd.set(held.handle, Math.min(at, this.mayEnd.get(held.handle) ?? at));
  }

  activity(driver: Driver, target: string, label: string): { end(): void } {
    const lock = this.directory.lockOf(driver.name, target);
    const activity: Activity = {
      driver: driver.name,
      implementation: driver.implementation.name,
      target: lock,
      label,
      from: now(),
      to: undefined,
    };
    const key = `${driver.name}/activity-${this.activities.length}`;
    this.activities.push(activity);
    this.contend(lock, key);
    return {
      end: () => {
        activity.to = now();
        this.contenders.get(lock)?.delete(key);
      },
    };
  }

  looped(completed: number): void {
    this.loopHolds += completed;
  }

  judge(options: { holds?: boolean } = {}): void {
    this.conclude(options);
    // Made known as made, so that a case which leaves everything to the referee has checked something.
    if (this.holds + this.loopHolds > 0) this.report("referee/overlap", true, "");
  }

  /** Reports what is wrong, and only that. */
  conclude(options: { holds?: boolean } = {}): void {
    const end = now();
    const overlaps = findOverlaps(this.recorded, end);
    for (const { first, second, from, to } of overlaps.slice(0, REPORTED_OVERLAPS)) {
      const ms = (to - from).toFixed(3);
      this.report(
        "referee/overlap",
        false,
        `${first.driver} and ${second.driver} both held ${first.target} for ${ms} ms`,
      );
    }
    if (overlaps.length > REPORTED_OVERLAPS) {
      this.report("referee/overlap", false, `and ${overlaps.length - REPORTED_OVERLAPS} more overlaps`);
    }
    for (const [lock, operations] of this.operations) {
      const result = checkHistory({ operations, mayEnd: this.mayEnd });
      if (result.verdict !== "possible") this.report(`history/${result.verdict}`, false, `${lock}: ${result.message}`);
    }
    const wanted = this.asked.size + this.activities.length;
    const nobody = this.holds + this.loopHolds === 0;
    if ((options.holds ?? (!this.refusalsOnly && wanted > 0)) && nobody) {
      this.report("referee/nobody-acquired", false, "nobody ever acquired: nothing was shown");
    }
  }

  private acquireAnswered(driver: string, handle: string, reply: Reply, at: number): void {
    const key = `${driver} ${handle}`;
    const asked = this.asked.get(key);
    if (asked === undefined) return;
    // Who has adopted holds nothing.
    if (reply.status !== "ok" || reply["adopted"] === true) {
      this.contenders.get(asked.lock)?.delete(handle);
      return;
    }
    this.holds += 1;
    const implementation = this.directory.implementationOf(driver);
    const { at: askedAt, lock: target } = asked;
    const span = { asked: askedAt, from: at, to: undefined, ended: undefined };
    const hold: Hold = { handle, driver, implementation, target, ...span };
    this.recorded.push(hold);
    this.record(asked.lock, { kind: "acquired", owner: handle, by: driver, call: asked.at, return: at });
  }

  private contend(lock: string, key: string): void {
    let present = this.contenders.get(lock);
    if (present === undefined) {
      present = new Set();
      this.contenders.set(lock, present);
    }
    if (present.size > 0) this.contended += 1;
    present.add(key);
    this.mostAtOnce = Math.max(this.mostAtOnce, present.size);
  }

  private record(lock: string, operation: Operation): void {
    const operations = this.operations.get(lock);
    if (operations === undefined) this.operations.set(lock, [operation]);
    else operations.push(operation);
  }

  private end(which: (hold: Hold) => boolean, how: NonNullable<Hold["ended"]>, at: number): void {
    for (const hold of this.recorded) {
      if (hold.ended !== undefined || !which(hold)) continue;
      hold.to = at;
      hold.ended = how;
    }
  }
}

/** What a reply says about the lock's state; undefined where it says nothing. */
function claim(verb: string, reply: Reply): Operation["kind"] | undefined {
  if (verb === "verify") return reply.status === "ok" ? (reply["held"] === true ? "verified" : "not-held") : undefined;
  if (reply.status === "ok") return "released";
  return reply.code === "file_lock_lost" ? "lost" : undefined;
}
