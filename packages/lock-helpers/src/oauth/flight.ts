import { Adopter } from "../adopt.js";
import { monotonic } from "../clock.js";
import { RETAKE_TIMEOUT_MS } from "../generated/constants.js";
import type { HeldLock } from "../held.js";
import { point } from "../points.js";
import type { Credential } from "./credential.js";
import type { RefreshResult } from "./errors.js";
import { generationOf } from "./generation.js";
import type { Aim, Reserve } from "./ground.js";
import { land } from "./landing.js";
import { areHeld, releaseAll, takeAll } from "./locks.js";
import type { Plan } from "./options.js";
import { outcomeUnknown, refreshFailed, rejectedBefore } from "./outcomes.js";
import type { OwnIntent } from "./own-intent.js";
import { type Ended, Request } from "./request.js";
import { resultOf } from "./result.js";

export interface Prepared {
  readonly name: string;
  readonly aim: Aim;
  readonly plan: Plan;
  readonly generation: string;
  /** Held; taken again when they are lost. Whoever began releases them. */
  readonly locks: HeldLock[];
  readonly reserve: Reserve | undefined;
  readonly intent: OwnIntent;
  readonly isFresh: (credential: Credential) => boolean;
  /** A rejected token may be no reason to give up: another one is stored by now. */
  readonly mayBeginAgain: boolean;
}

/** `again`: nothing was sent. `once-more`: rejected, and another credential is stored by now. */
export type Flown = RefreshResult | "again" | "once-more";

/** From the intent to the end of a refresh. No time-out or cancel of the caller's ends it (REFRESH-8). */
export async function fly(prepared: Prepared): Promise<Flown> {
  const { plan, intent, name } = prepared;
  const request = await send(prepared);
  if (!request) return "again";
  const ended = await request.made.within(plan.callTimeoutMs);
  if (!ended) {
    void settleLate(prepared, request);
    throw outcomeUnknown(name, intent.path, "the refresh function has not come back in time");
  }
  point("refresh:answered");
  return settle(prepared, request, ended);
}

/** A call that was made. */
export interface Sent {
  readonly made: Request;
  /** As stored when it was sent. */
  readonly credential: Credential;
}

/** Verifies, and calls the refresh function; undefined: nothing was sent, and the intent says so. */
async function send({ aim, plan, generation, locks, intent }: Prepared): Promise<Sent | undefined> {
  let isSent = false;
  try {
    point("refresh:intended");
    const credential = await aim.reread();
    // The locks last: nothing comes between them and the call.
    if (!credential || generationOf(credential) !== generation || !areHeld(locks)) return undefined;
    intent.keep();
    point("refresh:verified");
    isSent = true;
    return { made: new Request(plan.refresh, credential, locks), credential };
  } finally {
    if (!isSent) intent.withdraw();
  }
}

async function settle(prepared: Prepared, sent: Sent, ended: Ended): Promise<Flown> {
  const { intent, name } = prepared;
  switch (ended.kind) {
    case "answered":
      return land(prepared, sent, ended.answer);
    case "rejected":
      return faceRejection(prepared, ended.reason);
    case "not-sent":
      intent.withdraw();
      throw refreshFailed(name, ended.message);
    case "unknown":
      intent.become("unknown");
      throw outcomeUnknown(name, intent.path, ended.message);
  }
}

/** The token was refused. Somebody else may have refreshed it first: what is stored now decides. */
async function faceRejection(prepared: Prepared, reason: string): Promise<Flown> {
  const { name, intent, generation, isFresh, mayBeginAgain } = prepared;
  const now = await lookUnderLocks(prepared);
  const isOther = now !== undefined && generationOf(now) !== generation;
  if (isOther && isFresh(now)) {
    intent.remove();
    return resultOf("adopted", now);
  }
  if (isOther && mayBeginAgain) {
    intent.remove();
    return "once-more";
  }
  intent.become("rejected", reason);
  throw rejectedBefore(name, intent.path, reason);
}

/** What is stored, under the locks, which are taken again where they are lost; undefined where it cannot be told. */
async function lookUnderLocks({ aim, plan, locks, generation, isFresh }: Prepared): Promise<Credential | undefined> {
  try {
    if (!areHeld(locks)) {
      releaseAll(locks);
      const tryAdopt = async () => {
        const now = await aim.read().catch(() => undefined);
        return now && generationOf(now) !== generation && isFresh(now) ? now : undefined;
      };
      const { onWait: _theirs, ...options } = plan.lockOptions;
      const taking = { options, deadline: monotonic() + RETAKE_TIMEOUT_MS, signal: undefined };
      const got = await takeAll(aim.locks, taking, new Adopter(tryAdopt, aim.watch));
      if ("value" in got) return got.value;
      locks.push(...got);
    }
    return await aim.reread();
  } catch {
    return undefined;
  }
}

/** What still arrives when it was given up is saved, or known, all the same. There is nobody to be told. */
async function settleLate(prepared: Prepared, sent: Sent): Promise<void> {
  const { intent } = prepared;
  const ended = await sent.made.ended;
  const locks: HeldLock[] = [];
  try {
    if (ended.kind === "answered") await land({ ...prepared, locks, reserve: undefined }, sent, ended.answer);
    else if (ended.kind === "rejected") await faceRejection({ ...prepared, locks }, ended.reason);
    else if (ended.kind === "not-sent") intent.withdraw();
    else intent.become("unknown");
  } catch {
    // Its intent stays.
  } finally {
    releaseAll(locks);
  }
}
