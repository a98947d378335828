import type { Random } from "../../engine/case.js";
import { ACQUIRE_POINTS, RECLAIM_POINTS, RELEASE_POINTS } from "../support/points.js";

/** What may be in a seat. `caller`: asks for each hold; `looper`: counts by itself; `peer`: OpenClaw's own code, which counts. */
export type SeatKind = "caller" | "looper" | "peer";

/** The process that comes next. */
export interface Life {
  /** Which helper: the remainder counts. */
  readonly member: number;
  readonly holdMs: number;
  readonly witness: "auto" | "always";
}

export type Event =
  | { readonly kind: "kill"; readonly afterMs: number; readonly next: Life }
  | { readonly kind: "kill-at-point"; readonly point: string; readonly nth: number; readonly next: Life }
  | { readonly kind: "injected-kill"; readonly calls: Calls; readonly nth: number; readonly next: Life }
  | {
      readonly kind: "injected-errors";
      readonly calls: Calls;
      readonly errno: string;
      readonly step: number;
      readonly count: number;
    }
  | { readonly kind: "stop"; readonly afterMs: number; readonly forMs: number }
  | { readonly kind: "stop-at-point"; readonly point: string; readonly forMs: number; readonly next: Life }
  | { readonly kind: "restart"; readonly afterMs: number; readonly next: Life };

export type EventKind = Event["kind"];

/** System calls to meddle with. `onlyAtLock`: the runtime makes them too, so that only those on lock and guard are meant. */
export interface Calls {
  readonly names: readonly string[];
  readonly onlyAtLock: boolean;
  readonly errnos: readonly string[];
}

// No errno with which `link` says that there are no links: a writer without them may leave an empty lock for 30 s.
const FULL = ["EIO", "ENOSPC", "EDQUOT", "ESTALE", "ENOMEM", "EROFS"];

const CALLS: readonly Calls[] = [
  { names: ["link", "linkat"], onlyAtLock: false, errnos: FULL },
  { names: ["unlink", "unlinkat"], onlyAtLock: false, errnos: ["EIO", "ESTALE", "EROFS", "EACCES", "EBUSY"] },
  { names: ["fchmod", "fsync", "fdatasync"], onlyAtLock: false, errnos: ["EIO", "ENOSPC", "EROFS", "ENOMEM"] },
  { names: ["open", "openat"], onlyAtLock: true, errnos: ["EIO", "EMFILE", "ENFILE", "ESTALE", "EACCES", "ENOMEM"] },
  { names: ["stat", "lstat", "newfstatat", "statx"], onlyAtLock: true, errnos: ["EIO", "ESTALE", "EACCES", "ENOMEM"] },
  { names: ["fstat", "read", "pread64"], onlyAtLock: true, errnos: ["EIO", "ESTALE", "ENOMEM"] },
];

const OFTEN = [...ACQUIRE_POINTS, ...RELEASE_POINTS];
const SELDOM = ["break:marked", "break:compared", "break:unlinked"];

/** How often what happens to whom, in parts of the whole. */
const SHARES: Readonly<Record<SeatKind, Readonly<Record<EventKind, number>>>> = {
  caller: {
    kill: 12,
    "kill-at-point": 16,
    "injected-kill": 10,
    "injected-errors": 45,
    stop: 10,
    "stop-at-point": 7,
    restart: 5,
  },
  looper: {
    kill: 45,
    "kill-at-point": 22,
    "injected-kill": 10,
    "injected-errors": 0,
    stop: 10,
    "stop-at-point": 8,
    restart: 5,
  },
  // What it leaves when it is killed, nobody may judge.
  peer: {
    kill: 0,
    "kill-at-point": 0,
    "injected-kill": 0,
    "injected-errors": 0,
    stop: 80,
    "stop-at-point": 0,
    restart: 20,
  },
};

const NEEDS_STRACE: readonly EventKind[] = ["injected-kill", "injected-errors"];

export const drawLife = (random: Random): Life => ({
  member: random.integer(0, 11),
  holdMs: random.integer(0, 4),
  witness: random.chance(0.25) ? "always" : "auto",
});

/** All that chance decides about an event is decided here, so that what the processes do meanwhile changes nothing of it. */
export function drawEvent(random: Random, seat: SeatKind, canTrace: boolean): Event {
  const kind = drawKind(random, seat, canTrace);
  const afterMs = random.integer(0, 40);
  const forMs = random.integer(30, 150);
  const calls = random.pick(CALLS);
  const next = drawLife(random);
  switch (kind) {
    case "kill":
    case "restart":
      return { kind, afterMs, next };
    case "kill-at-point":
      return { kind, point: drawPoint(random), nth: random.integer(1, 3), next };
    case "injected-kill":
      return { kind, calls, nth: random.integer(1, 6), next };
    case "injected-errors":
      return { kind, calls, errno: random.pick(calls.errnos), step: random.integer(2, 5), count: random.integer(3, 9) };
    case "stop":
      return { kind, afterMs, forMs };
    case "stop-at-point":
      return { kind, point: drawPoint(random), forMs, next };
  }
}

function drawKind(random: Random, seat: SeatKind, canTrace: boolean): EventKind {
  const shares = Object.entries(SHARES[seat]) as [EventKind, number][];
  const possible = shares.filter(([kind]) => canTrace || !NEEDS_STRACE.includes(kind));
  let left = random.next() * possible.reduce((sum, [, share]) => sum + share, 0);
  for (const [kind, share] of possible) {
    left -= share;
    if (left < 0) return kind;
  }
  return "stop";
}

function drawPoint(random: Random): string {
  const dice = random.next();
  return random.pick(dice < 0.6 ? OFTEN : dice < 0.93 ? RECLAIM_POINTS : SELDOM);
}

/** One line that says all of it, for the log. */
export const described = (event: Event): string =>
  Object.entries(event)
    .map(([name, value]) => `${name}=${typeof value === "object" ? JSON.stringify(value) : value}`)
    .join(" ");
