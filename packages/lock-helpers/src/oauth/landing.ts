import { isFileLockError } from "../errors.js";
import type { HeldLock } from "../held.js";
import { point } from "../points.js";
import { isStoreError } from "../store/errors.js";
import { type Credential, changesOf, contradicts, tokensOf } from "./credential.js";
import type { RefreshError, RefreshResult, Unsaved } from "./errors.js";
import type { Prepared, Sent } from "./flight.js";
import { generationOf } from "./generation.js";
import type { Reserve } from "./ground.js";
import { releaseAll } from "./locks.js";
import { identityDiffers, notSaved, outcomeUnknown } from "./outcomes.js";
import { resultOf } from "./result.js";
import { Superseded, saveOver, type ToBeSaved } from "./save.js";
import { messageOf } from "./scrub.js";

/** The provider has answered: what it gave is saved, or handed back, but never thrown away (REFRESH-7). */
export async function land(prepared: Prepared, { made, credential }: Sent, answer: unknown): Promise<RefreshResult> {
  const { name, generation, intent, isFresh } = prepared;
  const changes = changesOf(answer, made.requestedAt);
  if (!changes) {
    intent.become("unknown");
    throw outcomeUnknown(name, intent.path, "the answer has no access token");
  }
  const whole = { ...credential, ...changes };
  if (contradicts(credential, answer)) {
    intent.leave();
    throw refuseIdentity(prepared, whole);
  }
  const what = { changes, sent: generation, next: generationOf(whole), isFresh };
  try {
    return await save(prepared, what, prepared.locks, prepared.reserve);
  } catch (error) {
    intent.leave();
    throw handBack(prepared, what, whole, error);
  }
}

async function save(
  { aim, plan, intent }: Prepared,
  what: ToBeSaved,
  locks: HeldLock[],
  reserve: Reserve | undefined,
): Promise<RefreshResult> {
  // What was sent is stored again: an intent of it that outlives us would stand for a token that is good.
  if (what.next === what.sent) intent.remove();
  const { how, credential } = await saveOver(aim, plan, what, locks, reserve);
  point("refresh:saved");
  intent.remove();
  return resultOf(how, credential);
}

function refuseIdentity({ name, intent }: Prepared, credential: Credential): RefreshError {
  const unsaved: Unsaved = { credential, retrySave: () => Promise.reject(error) };
  const error = identityDiffers(name, intent.path, unsaved);
  return error;
}

function handBack(prepared: Prepared, what: ToBeSaved, whole: Credential, cause: unknown): RefreshError {
  const { name, intent } = prepared;
  let saving: Promise<RefreshResult> | undefined;
  const unsaved: Unsaved = { credential: whole, retrySave };
  return notSaved(name, intent.path, presentable(cause, whole), unsaved);

  // Whoever asks while it is being saved, or was, gets the one result.
  function retrySave(): Promise<RefreshResult> {
    saving ??= saveAnew().catch((error: unknown) => {
      saving = undefined;
      throw notSaved(name, intent.path, presentable(error, whole), unsaved);
    });
    return saving;
  }

  async function saveAnew(): Promise<RefreshResult> {
    const locks: HeldLock[] = [];
    try {
      return await save(prepared, what, locks, undefined);
    } finally {
      releaseAll(locks);
    }
  }
}

// What a caller's own `save` throws may show the credential.
function presentable(error: unknown, credential: Credential): unknown {
  if (isFileLockError(error) || isStoreError(error) || error instanceof Superseded) return error;
  return new Error(messageOf(error, tokensOf(credential)));
}
