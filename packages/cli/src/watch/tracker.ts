import type { Entry, Holder, State } from "../judge/entry.js";

/** A lock as it was seen in one round. */
export interface Seen {
  readonly entry: Entry;
  /** Another one: another hold. */
  readonly hold: string;
}

/** Something that has changed from one round to the next. */
export interface Change {
  readonly event: "appeared" | "taken" | "handed-over" | "given-back" | "changed";
  readonly path: string;
  readonly state: State;
  readonly holder?: Holder;
  /** The hold that has ended, in ms, as far as it was seen. */
  readonly heldMs?: number;
}

/** What was seen of a lock since the watch began. */
export interface Track {
  handOvers: number;
  longestMs: number;
  /** Since when nobody could have taken it, on the watch's clock: what whoever came then has waited by now. */
  busySince: number | undefined;
  last: Seen | undefined;
  since: number;
}

// States in which whoever wants the lock waits.
const BUSY: ReadonlySet<State> = new Set([
  "held",
  "being-written",
  "stale",
  "foreign",
  "orphaned",
  "unknown",
  "in-use",
]);

/** A watch of days must not keep every name that there ever was. */
const MOST_TRACKS = 10_000;

/** Tells what has changed, and keeps count. What happens between two rounds is not seen. */
export class Tracker {
  readonly #tracks = new Map<string, Track>();

  track(path: string): Track | undefined {
    return this.#tracks.get(path);
  }

  /** @param now in ms, on a clock that only goes forward. */
  round(seen: readonly Seen[], now: number): Change[] {
    const here = new Map(seen.map((one) => [one.entry.path, one]));
    const changes = [...here.values()].flatMap((one) => this.#see(one, now));
    for (const [path, track] of this.#tracks) {
      if (here.has(path) || track.last === undefined) continue;
      const change = this.#end(path, track, now);
      if (change) changes.push(change);
    }
    if (this.#tracks.size > MOST_TRACKS) {
      for (const [path, { last }] of this.#tracks) if (last === undefined) this.#tracks.delete(path);
    }
    return changes;
  }

  #see(one: Seen, now: number): Change[] {
    const { entry, hold } = one;
    const { path, state, holder, ageMs } = entry;
    const known = this.#tracks.get(path);
    const track = known ?? { handOvers: 0, longestMs: 0, busySince: undefined, last: undefined, since: now };
    this.#tracks.set(path, track);
    const before = track.last;
    const isBusy = BUSY.has(state);
    if (!isBusy && before !== undefined && BUSY.has(before.entry.state)) {
      const change = this.#end(path, track, now);
      track.last = one;
      return change ? [change] : [];
    }
    const isNew = before === undefined || before.hold !== hold;
    const heldMs = before !== undefined && isNew ? now - track.since : undefined;
    if (isNew) track.since = now - (before === undefined && known === undefined ? (ageMs ?? 0) : 0);
    if (isBusy) track.busySince ??= track.since;
    else track.busySince = undefined;
    track.longestMs = Math.max(track.longestMs, heldMs ?? 0, isBusy ? now - track.since : 0);
    track.last = one;
    const about = { path, state, ...(holder && { holder }) };
    if (before === undefined) return [{ event: known === undefined ? "appeared" : "taken", ...about }];
    if (!isNew) return before.entry.state === state ? [] : [{ event: "changed", ...about }];
    if (!BUSY.has(before.entry.state)) return [{ event: "taken", ...about }];
    track.handOvers++;
    return [{ event: "handed-over", ...about, ...(heldMs !== undefined && { heldMs }) }];
  }

  #end(path: string, track: Track, now: number): Change | undefined {
    const { last } = track;
    const heldMs = now - track.since;
    track.last = undefined;
    track.busySince = undefined;
    if (!last || !BUSY.has(last.entry.state)) return undefined;
    track.longestMs = Math.max(track.longestMs, heldMs);
    return {
      event: "given-back",
      path,
      state: "free",
      ...(last.entry.holder && { holder: last.entry.holder }),
      heldMs,
    };
  }
}
