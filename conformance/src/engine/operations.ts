import type { Driver, RefusalError, Reply } from "./case.js";

/** A lock that a driver has said it holds. The referee counts it from that reply until the release is asked for. */
export interface Held {
  readonly driver: Driver;
  readonly handle: string;
  readonly target: string;
  readonly lockPath: string;
  readonly token: string;
  readonly waitedMs: number;
  /** Calls of the wait hook. */
  readonly waits: number;
  /** Bare name of the witness that the lock names, or null. */
  readonly witness: string | null;
  /** Releases; a refusal fails the case under the check `release-refused`. */
  release(): Promise<void>;
  tryRelease(): Promise<Reply>;
  verify(): Promise<boolean>;
  /** Waits for the lock's own signal of loss. */
  awaitLost(timeoutMs: number): Promise<{ readonly lost: boolean; readonly signals: number }>;
}

/** What became of an acquire. `ended`: the case killed the process meanwhile. */
export type Attempt =
  | { readonly status: "acquired"; readonly held: Held }
  | { readonly status: "refused"; readonly code: string; readonly error: RefusalError }
  | { readonly status: "ended" };

/** A request under way. */
export interface Pending {
  readonly id: number;
  /** Undefined when the case ended the process before the reply. */
  readonly reply: Promise<Reply | undefined>;
  readonly settled: boolean;
}

export interface PendingAcquire {
  readonly id: number;
  readonly result: Promise<Attempt>;
  readonly settled: boolean;
  /** Asks the driver to cancel it, and answers what became of it. */
  cancel(): Promise<Attempt>;
}
