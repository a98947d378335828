import { AsyncLocalStorage } from "node:async_hooks";
import { removeIfOurs } from "./ownership.js";
import type { SignalState } from "./signals.js";
import { leaveWitness, unlinkIdle, type Witness, type Witnesses } from "./witness.js";

/** Something of ours on disk. Registered before it is made, so that nothing between two steps can lose sight of it. */
export interface Owned {
  readonly path: string;
  /** What it holds when whole. Undefined: a candidate, whose name is random and therefore nobody else's. */
  readonly bytes: Buffer | undefined;
  /** The witness that it names. */
  readonly witness: Witness | undefined;
  /** Its flow has ended and could not remove it: to be removed at the next chance (PUBLISH-9). */
  abandoned: boolean;
  /** It says something that is to outlive us: it stays at exit, and so does the witness that it names. */
  kept: boolean;
}

/** A lock held by a with-form around the running code (WAIT-8). */
export interface Nesting {
  readonly lockPath: string;
  readonly isHeld: () => boolean;
  readonly outer: Nesting | undefined;
}

interface Shared {
  readonly owned: Set<Owned>;
  /** Monotonic milliseconds of the last sweep, and the device, by directory. */
  readonly directories: Map<string, { sweptAt: number; dev: string }>;
  /** Holding time without ever having waited, by lock (WAIT-6). */
  readonly streaks: Map<string, { heldMs: number; releasedAt: number }>;
  readonly nesting: AsyncLocalStorage<Nesting>;
  readonly witnesses: Witnesses;
  /** The locks that are held. */
  readonly held: Set<Releasable>;
  readonly signals: SignalState;
}

/** A held lock, as a signal releases it. */
export interface Releasable {
  releaseOn(signal: string): void;
}

// The ESM and the CommonJS copy of this library in one process must agree on what it holds. Change the name with the
// shape: copies of different shapes then ignore each other, and meet at the lock file like strangers.
const KEY = Symbol.for("openclaw.lock.shared.v4");

export const shared: Shared = adopt();

function adopt(): Shared {
  const realm = globalThis as { [KEY]?: Shared };
  const present = realm[KEY];
  if (present) return present;
  const made: Shared = {
    owned: new Set(),
    directories: new Map(),
    streaks: new Map(),
    nesting: new AsyncLocalStorage(),
    witnesses: new Map(),
    held: new Set(),
    signals: { asked: new Set(), flights: 0, pending: new Set(), handlers: new Map(), parked: new Map() },
  };
  Object.defineProperty(realm, KEY, { value: made });
  process.on("exit", removeAll);
  return made;
}

/** Removes all that is ours, at the end of the process. Never throws. */
export function removeAll(): void {
  for (const owned of shared.owned) if (!owned.kept) tryRemove(owned);
  unlinkIdle(shared.witnesses);
}

/** Remembers a path that is about to be made with these bytes, and that they name this witness. */
export function own(path: string, bytes: Buffer | undefined, witness?: Witness): Owned {
  const owned = { path, bytes, witness, abandoned: false, kept: false };
  if (witness) witness.uses++;
  shared.owned.add(owned);
  return owned;
}

/** The path is no longer ours to look after: released, lost, or never made. */
export function disown(owned: Owned): void {
  if (shared.owned.delete(owned) && owned.witness) leaveWitness(shared.witnesses, owned.witness);
}

/** Removes what is ours at the path; what cannot be removed now is left to the next acquire, beat, release or exit. */
export function discard(owned: Owned): void {
  owned.abandoned = true;
  tryRemove(owned);
  if (shared.owned.has(owned)) keepTrying();
}

const RETRY_EVERY_MS = 1000;
let retrying: NodeJS.Timeout | undefined;

// A program that goes on without locks would else leave a guard in everybody's way.
function keepTrying(): void {
  retrying ??= setInterval(() => {
    retryAbandoned();
    if ([...shared.owned].some(({ abandoned }) => abandoned)) return;
    clearInterval(retrying);
    retrying = undefined;
  }, RETRY_EVERY_MS);
  retrying.unref();
}

/** Tries once more to remove what earlier flows could not. Never throws. */
export function retryAbandoned(): void {
  for (const owned of shared.owned) if (owned.abandoned) tryRemove(owned);
}

function tryRemove(owned: Owned): void {
  try {
    removeIfOurs(owned.path, owned.bytes);
    disown(owned);
  } catch {
    // Remembered still: see `discard`.
  }
}
