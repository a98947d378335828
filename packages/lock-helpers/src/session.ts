import { type Census, takeCensus } from "./census.js";
import { FileClock, monotonic } from "./clock.js";
import type { System } from "./system.js";

const GOOD_FOR_MS = 1000;
// A file system's clock goes in ticks, and is interpolated.
const TICKS_MS = 50;

/** What many inspections in one run share: a clock for each directory, and for a second a list of all processes. */
export class InspectionSession {
  readonly #system: System;
  readonly #clocks = new Map<string, FileClock>();
  #census: Census | undefined;
  #takenAt = Number.NEGATIVE_INFINITY;

  /** @internal */
  constructor(system: System) {
    this.#system = system;
  }

  /** @internal */
  clock(directory: string): FileClock {
    let clock = this.#clocks.get(directory);
    if (!clock) {
      clock = new FileClock(directory);
      this.#clocks.set(directory, clock);
    }
    return clock;
  }

  /**
   * @internal All processes as of a moment ago; anew where a lock has changed since: its holder may have been born since.
   *
   * @param unchangedMs for how long the lock has been as it was read, by the file system's clock.
   */
  census(unchangedMs: number): Census | undefined {
    const ageMs = monotonic() - this.#takenAt;
    if (ageMs > GOOD_FOR_MS || unchangedMs <= ageMs + TICKS_MS) {
      this.#takenAt = monotonic();
      this.#census = takeCensus(this.#system);
    }
    return this.#census;
  }
}
