import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type FileLock, getReleaseError, isFileLockError, withFileLock } from "../src/index.js";
import { optionsOf } from "./locks.js";
import { number, type Request, text } from "./protocol.js";
import { Cancelled, outcomeOf } from "./refusal.js";

type Reply = Record<string, unknown>;

class BodyError extends Error {}

/** A body that waits for its own abort, as code with a deadline or a cancel button does. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(new Cancelled("the body was cancelled"));
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
}

async function endBody(ends: string, lock: FileLock, thrown: BodyError): Promise<void> {
  if (ends === "return") return;
  if (ends === "throw") throw thrown;
  if (ends === "timeout") {
    // The deadline's timer alone would not keep the process alive; the driver's input does.
    await untilAborted(AbortSignal.timeout(20));
  } else if (ends === "cancel") {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    await untilAborted(controller.signal);
  } else if (ends === "lost-and-throw") {
    rmSync(lock.lockPath);
    throw thrown;
  } else {
    throw new TypeError(`unknown end of a body: ${ends}`);
  }
}

export async function body(request: Request): Promise<Reply> {
  const thrown = new BodyError("thrown by the body");
  try {
    await withFileLock(text(request, "target"), optionsOf(request), (lock) =>
      endBody(text(request, "ends"), lock, thrown),
    );
    return { outcome: "returned", original: false, attached: null };
  } catch (error) {
    if (error instanceof TypeError) throw error;
    const attached = getReleaseError(error);
    return {
      outcome: outcomeOf(error, thrown),
      original: error === thrown,
      attached: isFileLockError(attached) ? attached.code : null,
    };
  }
}

export async function nested(request: Request): Promise<Reply> {
  const target = text(request, "target");
  const options = optionsOf(request);
  return withFileLock(target, options, async () => {
    const startedAt = performance.now();
    try {
      await withFileLock(target, options, () => {});
      return { outcome: "acquired", ms: performance.now() - startedAt };
    } catch (error) {
      return { outcome: outcomeOf(error), ms: performance.now() - startedAt };
    }
  });
}

export async function threads(request: Request): Promise<Reply> {
  const target = text(request, "target");
  const options = optionsOf(request);
  let completed = 0;
  let inside = 0;
  let most = 0;
  const work = async () => {
    for (let round = 0; round < number(request, "rounds", 1); round++) {
      await withFileLock(target, options, async () => {
        most = Math.max(most, ++inside);
        await sleep(1);
        inside--;
      });
      completed++;
    }
  };
  await Promise.all(Array.from({ length: number(request, "workers", 2) }, work));
  return { completed, overlaps: Math.max(0, most - 1) };
}
