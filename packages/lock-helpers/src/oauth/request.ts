import { CALL_GRACE_MS } from "../generated/constants.js";
import type { HeldLock } from "../held.js";
import { type Nesting, shared } from "../shared.js";
import type { Credential } from "./credential.js";
import { tokensOf } from "./credential.js";
import { isNotSent, isRejected } from "./errors.js";
import type { RefreshFunction } from "./options.js";
import { messageOf, reasonOf } from "./scrub.js";

/** How a refresh function has ended (REFRESH-9). */
export type Ended =
  | { readonly kind: "answered"; readonly answer: unknown }
  | { readonly kind: "rejected"; readonly reason: string }
  | { readonly kind: "not-sent"; readonly message: string }
  | { readonly kind: "unknown"; readonly message: string };

/** The one call of a refresh function. */
export class Request {
  /** Epoch ms. */
  readonly requestedAt = Date.now();
  /** Never rejects. */
  readonly ended: Promise<Ended>;
  readonly #controller = new AbortController();

  /** Calls it at once: nothing comes between what was verified and the call. */
  constructor(refresh: RefreshFunction, credential: Credential, locks: readonly HeldLock[]) {
    const tokens = tokensOf(credential);
    const { signal } = this.#controller;
    const call = async () => refresh({ refreshToken: tokens[0], credential, signal });
    // A call for the same login from within would wait for itself.
    const nested = locks.reduce<Nesting | undefined>(nestIn, shared.nesting.getStore());
    this.ended = (nested ? shared.nesting.run(nested, call) : call()).then(
      (answer): Ended => ({ kind: "answered", answer }),
      (error: unknown): Ended => {
        if (isRejected(error)) return { kind: "rejected", reason: reasonOf(error.reason, tokens) };
        return { kind: isNotSent(error) ? "not-sent" : "unknown", message: messageOf(error, tokens) };
      },
    );
  }

  /** Tells it to stop when its time is over; undefined when it has not even stopped then. */
  async within(callTimeoutMs: number): Promise<Ended | undefined> {
    const inTime = await raced(this.ended, callTimeoutMs);
    if (inTime) return inTime;
    this.#controller.abort(new Error("the refresh function has taken too long"));
    return raced(this.ended, CALL_GRACE_MS);
  }
}

function nestIn(outer: Nesting | undefined, lock: HeldLock): Nesting {
  return { lockPath: lock.lockPath, isHeld: () => lock.isHeld, outer };
}

// The timer keeps the process alive: what is under way is not to be lost.
async function raced<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.min(ms, 2_147_483_647), undefined);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
