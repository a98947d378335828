import type { EventKind } from "./events.js";

/** What has happened so far. */
export class Tally {
  readonly counts = new Map<EventKind, number>();
  /** Single errors: an event of that kind makes several. */
  errors = 0;
  /** Processes that died by the case's hand. */
  kills = 0;
  /** Points and calls that were not come to in time, so that the process was killed, or left alone, as it was. */
  missed = 0;
  /** How long a caller has waited at most for a lock that it got. */
  longestWaitMs = 0;
  /** Something was wrong: nothing more is to happen. */
  isOver = false;
  /** Kills at a point, by its first word. */
  readonly points = new Map<string, number>();
  readonly refusals = new Map<string, number>();

  happened(kind: EventKind): void {
    addOne(this.counts, kind);
  }

  diedAt(point: string): void {
    addOne(this.points, point.split(":")[0] ?? point);
  }

  waited(ms: number): void {
    this.longestWaitMs = Math.max(this.longestWaitMs, ms);
  }

  refused(code: string): void {
    addOne(this.refusals, code);
  }

  /** What the case promises so many of. */
  get harm(): number {
    return this.kills + this.errors;
  }

  toString(): string {
    return [
      `${this.kills} kills and ${this.errors} injected errors, in ${listed(this.counts)}`,
      `killed at points: ${listed(this.points)}`,
      `${this.missed} met nothing in time`,
      `refused while calls failed: ${listed(this.refusals)}`,
      `longest wait ${Math.round(this.longestWaitMs)} ms`,
    ].join("; ");
  }
}

function addOne<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function listed(counts: ReadonlyMap<string, number>): string {
  const entries = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, count]) => `${count} ${name}`).join(", ") || "none";
}
