import type { KernelLock } from "@openclaw/lock-helpers";

/** What an entry is, by its name and place. */
export type Kind = "lock" | "guard" | "marker" | "candidate" | "witness" | "unfinished-witness" | "other";

/**
 * What is the matter with it, in one word. Held: by the living. Writing: about to be. Stale: its holder is dead. Foreign:
 * no lock of this contract is in its place. Orphaned: a guard that names no owner. Unknown: nobody here can judge it.
 * In use, leftover: something that a lock needs, or needed. Other: a lock with rules of its own. Free: nothing there.
 */
export type State =
  | "held"
  | "being-written"
  | "stale"
  | "foreign"
  | "orphaned"
  | "unknown"
  | "unreadable"
  | "in-use"
  | "leftover"
  | "other"
  | "free";

/** What became of it in a sweep. */
export type Action = "removed" | "would-remove" | "left" | "failed";

/** Who holds it, as recorded. All of it is somebody else's text: escape it before it is shown. */
export interface Holder {
  readonly pid?: number;
  /** Name of the process, where it can be seen. */
  readonly command?: string;
  readonly host?: string;
  readonly helper?: string;
  readonly purpose?: string;
}

/** One file that has to do with locks, judged, and said in words. */
export interface Entry {
  readonly path: string;
  readonly kind: Kind;
  /** The lock of a guard, the guard of a marker, a lock that names a witness. */
  readonly belongsTo?: string;
  readonly state: State;
  /** The row of the verdict table that decided, or a word of the same style. */
  readonly reason?: string;
  readonly conclusive?: boolean;
  /** Of what is foreign or other: what it is. */
  readonly what?: string;
  readonly holder?: Holder;
  readonly ageMs?: number;
  /** Who has locked it, or the file that it guards, with flock or fcntl: neither OpenClaw nor this contract goes by that. */
  readonly kernelLocks?: readonly KernelLock[];
  /** One sentence: why. */
  readonly explanation: string;
  /** One sentence: what to do. */
  readonly advice: string;
  readonly action?: Action;
}

/** States in which somebody has to do something. */
const STUCK: ReadonlySet<State> = new Set(["stale", "foreign", "orphaned", "unknown"]);

export function needsAttention({ state, action }: Pick<Entry, "state" | "action">): boolean {
  return STUCK.has(state) && action !== "removed" && action !== "would-remove";
}

/** Held by somebody who lives, as far as anybody can tell. Of what serves locks only a guard keeps others away. */
export function isHeld({ state, kind }: Pick<Entry, "state" | "kind">): boolean {
  return (
    state === "held" || state === "being-written" || (state === "in-use" && (kind === "guard" || kind === "marker"))
  );
}
