import { POLL_MAX_MS, SILENCE_WATCH_MS } from "./generated/constants.js";

/** The moment of a look, by two clocks in ms: the monotonic one may stand still while the machine sleeps. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

interface Look extends Moment {
  readonly watchedMs: number;
}

const REMEMBER_EVERY_MS = 200;

/**
 * How long one call has watched a file stand unchanged. At most one pause counts between two looks: whoever slept with
 * its machine, or was stopped, has seen nothing of the time between.
 */
export class Watch {
  #looks: Look[] = [];
  #last: Look | undefined;

  /** Watched time in ms; it begins anew with every change. */
  get watchedMs(): number {
    return this.#last?.watchedMs ?? 0;
  }

  get isComplete(): boolean {
    return this.watchedMs >= SILENCE_WATCH_MS;
  }

  look(now: Moment, isUnchanged: boolean): void {
    if (!isUnchanged) this.#looks = [];
    const passed = isUnchanged && this.#last ? Math.min(now.monotonic - this.#last.monotonic, POLL_MAX_MS) : 0;
    this.#last = { ...now, watchedMs: isUnchanged ? this.watchedMs + passed : 0 };
    const newest = this.#looks.at(-1);
    if (!newest || this.#last.watchedMs - newest.watchedMs >= REMEMBER_EVERY_MS) this.#looks.push(this.#last);
    while (this.#looks[1] && this.#isLongAgo(this.#looks[1])) this.#looks.shift();
  }

  /**
   * The age, in ms, that a file of this age had when the watch began, or 0 while that is not yet complete (VERDICT-12). A
   * holder that slept with us looks old at the first look after it, and has not had the time to beat.
   */
  silentMs(quietMs: number): number {
    const [oldest] = this.#looks;
    if (!oldest || !this.#last || !this.#isLongAgo(oldest)) return 0;
    const since = Math.max(this.#last.monotonic - oldest.monotonic, this.#last.wall - oldest.wall);
    return Math.max(0, quietMs - since);
  }

  #isLongAgo(look: Look): boolean {
    return this.watchedMs - look.watchedMs >= SILENCE_WATCH_MS;
  }
}
