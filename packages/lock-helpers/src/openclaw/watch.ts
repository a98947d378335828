import { dirname } from "node:path";
import { type Adopted, Adopter } from "../adopt.js";
import { FileClock, monotonic } from "../clock.js";
import type { LockHolder } from "../errors.js";
import { REFRESH_STALE_MS } from "../generated/constants.js";
import { holderOf } from "../holder.js";
import { nodeSystem } from "../identity.js";
import { lookSteps } from "../look.js";
import type { Credential } from "../oauth/credential.js";
import { fenceOf } from "../oauth/fence.js";
import { isStoreError } from "../store/errors.js";
import { Subject } from "../subject.js";
import { Backoff, type Steps } from "../wait.js";
import { fenceFailed, fencePending, leftOf } from "./fences.js";
import type { Profile } from "./profile.js";
import { refreshLockTargets } from "./refresh-locks.js";
import { watchPathsOf } from "./stores.js";

/** What a look at the stores, without a lock, has found. */
export interface Watched {
  /** The last credential that could be read. */
  credential: Credential | undefined;
  /** A fence or a held refresh lock was seen: somebody is at it. */
  isUnderWay: boolean;
  holder: LockHolder | undefined;
}

/** Looks at a profile's stores again and again, without taking a lock (STATE-9). */
export class Watcher {
  readonly seen: Watched = { credential: undefined, isUnderWay: false, holder: undefined };
  readonly #profile: Profile;
  readonly #isWanted: (credential: Credential) => boolean;
  readonly #trustPids: boolean;
  #locks: readonly Subject[] = [];

  constructor(profile: Profile, trustPids: boolean, isWanted: (credential: Credential) => boolean) {
    this.#profile = profile;
    this.#trustPids = trustPids;
    this.#isWanted = isWanted;
  }

  /**
   * Waits until there is a credential that is wanted.
   *
   * @param deadline monotonic ms.
   * @param startedAt monotonic ms.
   * @returns undefined at the deadline. Throws where a fence has failed, or has been pending for too long.
   */
  *wait(deadline: number, startedAt: number): Steps<Credential | undefined> {
    const { agentStore, mainStore } = this.#profile.stores();
    const adopter = new Adopter(() => this.#look(), watchPathsOf([agentStore, mainStore]));
    const backoff = new Backoff();
    for (;;) {
      const found: Adopted<Credential> | undefined = adopter.isDue() ? yield* adopter.ask() : undefined;
      if (found) return found.value;
      this.#faceFence(startedAt);
      yield* this.#lookAtLocks();
      const leftMs = deadline - monotonic();
      if (leftMs <= 0) return (yield* adopter.ask())?.value;
      yield Math.min(backoff.next(), leftMs);
    }
  }

  async #look(): Promise<Credential | undefined> {
    try {
      const credential = this.#profile.effectiveOf(await this.#profile.locate());
      this.seen.credential = credential;
      return credential && this.#isWanted(credential) ? credential : undefined;
    } catch (error) {
      // What cannot be read at all will not be by waiting; what is torn or missing now may be.
      if (!isStoreError(error) || error.code === "store_unsupported") throw error;
      return undefined;
    }
  }

  #faceFence(startedAt: number): void {
    const { credential } = this.seen;
    const fence = fenceOf(credential);
    if (!credential || fence === undefined) return;
    if (fence === "failed") throw fenceFailed(this.#profile.name);
    this.seen.isUnderWay = true;
    if (leftOf(credential) <= 0) throw fencePending(this.#profile.name, monotonic() - startedAt);
  }

  *#lookAtLocks(): Steps<void> {
    for (const lock of this.#subjects()) {
      try {
        const finding = yield* lookSteps(lock);
        if (!finding || finding.judgement.verdict === "stale") continue;
        this.seen.isUnderWay = true;
        this.seen.holder = holderOf(finding, nodeSystem);
      } catch {
        // Not ours to read: then it cannot be told.
      }
    }
  }

  #subjects(): readonly Subject[] {
    const { credential } = this.seen;
    if (this.#locks.length > 0 || !credential) return this.#locks;
    const provider = this.#profile.providerOf(credential);
    if (provider === "") return [];
    const policy = { staleMs: REFRESH_STALE_MS, trustPids: this.#trustPids };
    this.#locks = refreshLockTargets(this.#profile.stateDir, provider, this.#profile.profileId).map((target) => {
      const path = `${target}.lock`;
      return new Subject(path, new FileClock(dirname(path)), nodeSystem, policy);
    });
    return this.#locks;
  }
}
