import type { HeldStoreLock } from "../store/types.js";
import type { Credential } from "./credential.js";

/** What a refresh is about: where the credential is, and what guards it. */
export interface Ground {
  /** Named in messages. Raw. */
  readonly name: string;
  /** Where it is refreshed, as of now. */
  aim(): Promise<Aim>;
}

/** Where a credential is refreshed: in one store, under these locks. */
export interface Aim {
  /** Targets, in the order in which they are taken. */
  readonly locks: readonly string[];
  /** Directory of the intents. */
  readonly intents: string;
  /** Paths of which a change makes it worth looking. */
  readonly watch: readonly string[];
  /** Makes what the locks need to be there. */
  prepare?(): void;
  /** Looks without a lock. Throws where there is nothing to look at. */
  read(): Promise<Credential>;
  /** Looks under the locks. Undefined: it is refreshed elsewhere by now, aim again. */
  reread(): Promise<Credential | undefined>;
  /** Makes sure that a result can be saved (REFRESH-6). */
  reserve(): Reserve | Promise<Reserve>;
  /** Writes over what is stored, if that has this generation still. */
  save(saving: Saving): Promise<Saved>;
}

export interface Reserve {
  /** Gives back what was reserved and not used. Never throws. */
  discard(): void;
}

export interface Saving {
  readonly changes: Credential;
  /** The generation that was sent. */
  readonly sent: string;
  readonly locks: readonly HeldStoreLock[];
  readonly reserve: Reserve | undefined;
}

export interface Saved {
  readonly isSaved: boolean;
  /** What is stored now; undefined: nothing. */
  readonly credential: Credential | undefined;
}
