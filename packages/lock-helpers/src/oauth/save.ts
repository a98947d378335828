import { monotonic } from "../clock.js";
import { RETAKE_TIMEOUT_MS } from "../generated/constants.js";
import type { HeldLock } from "../held.js";
import { isStoreError } from "../store/errors.js";
import type { Credential } from "./credential.js";
import { generationOf } from "./generation.js";
import type { Aim, Reserve } from "./ground.js";
import { areHeld, releaseAll, takeAll } from "./locks.js";
import type { Plan } from "./options.js";

/** What a completed refresh came to. */
export interface Landed {
  readonly how: "refreshed" | "adopted";
  readonly credential: Credential;
}

/** Another credential is stored by now, and it is not fresh. */
export class Superseded extends Error {}

const MOST_TRIES = 3;

export interface ToBeSaved {
  readonly changes: Credential;
  /** The generation that was sent. */
  readonly sent: string;
  /** The one that came back. */
  readonly next: string | undefined;
  readonly isFresh: (credential: Credential) => boolean;
}

/**
 * Saves a completed refresh over the generation that was sent, and over no other (REFRESH-7). May be called again.
 *
 * @param locks those that are held; when one is lost, all are taken again, and left in here.
 */
export async function saveOver(
  aim: Aim,
  plan: Plan,
  { changes, sent, next, isFresh }: ToBeSaved,
  locks: HeldLock[],
  reserve: Reserve | undefined,
): Promise<Landed> {
  for (let tries = 1; ; tries++) {
    await holdAll(aim, plan, locks);
    try {
      const { isSaved, credential } = await aim.save({ changes, sent, locks, reserve });
      if (credential && (isSaved || generationOf(credential) === next)) return { how: "refreshed", credential };
      if (credential && isFresh(credential)) return { how: "adopted", credential };
      throw new Superseded("another credential is stored by now");
    } catch (error) {
      const mayPass = isStoreError(error) && (error.code === "store_changed" || error.code === "store_not_locked");
      if (!mayPass || tries === MOST_TRIES) throw error;
    }
  }
}

async function holdAll(aim: Aim, plan: Plan, locks: HeldLock[]): Promise<void> {
  if (!areHeld(locks)) locks.push(...(await retake(aim, plan, locks)));
}

// All are let go first: to take the first one while holding the second would be the wrong order.
async function retake(aim: Aim, plan: Plan, locks: HeldLock[]): Promise<HeldLock[]> {
  releaseAll(locks);
  const { onWait: _theirs, ...options } = plan.lockOptions;
  const taking = { options, deadline: monotonic() + RETAKE_TIMEOUT_MS, signal: undefined };
  return (await takeAll(aim.locks, taking, undefined)) as HeldLock[];
}
