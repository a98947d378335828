import type { HeldLock } from "../src/held.js";
import type { FileLockOptions } from "../src/index.js";
import { acquireFileLock, isFileLockError } from "../src/index.js";
import { type Request, readTime, text } from "./protocol.js";
import { Cancelled } from "./refusal.js";

type Reply = Record<string, unknown>;

interface Entry {
  readonly lock: HeldLock;
  signals: number;
  /** Kept under its handle all the same: releasing twice must be harmless, and that is to be seen. */
  isReleased: boolean;
}

const entries = new Map<string, Entry>();
const waiting = new Map<number, AbortController>();

export function optionsOf(request: Request): FileLockOptions {
  const given = (request.options ?? {}) as Record<string, unknown>;
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) options[key] = readTime(value);
  return options;
}

export async function acquire(request: Request): Promise<Reply> {
  const handle = text(request, "handle");
  if (entries.get(handle)?.isReleased === false) throw new TypeError(`handle in use: ${handle}`);
  const controller = new AbortController();
  waiting.set(request.id, controller);
  let waits = 0;
  const onWait = () => {
    waits++;
  };
  try {
    const options = { ...optionsOf(request), signal: controller.signal, onWait };
    const lock = (await acquireFileLock(text(request, "target"), options)) as unknown as HeldLock;
    const entry: Entry = { lock, signals: 0, isReleased: false };
    lock.signal.addEventListener("abort", () => {
      entry.signals++;
    });
    entries.set(handle, entry);
    const { lockPath, waitedMs, token, witness = null } = lock;
    return { lockPath, waitedMs, waits, token, witness };
  } finally {
    waiting.delete(request.id);
  }
}

export function cancel(request: Request): Reply {
  waiting.get(Number(request.request))?.abort(new Cancelled("cancelled by the runner"));
  return {};
}

function find(request: Request): Entry {
  const entry = entries.get(text(request, "handle"));
  if (!entry) throw new TypeError(`no such handle: ${String(request.handle)}`);
  return entry;
}

export async function release(request: Request): Promise<Reply> {
  const entry = find(request);
  try {
    await entry.lock.release();
    entry.isReleased = true;
    return {};
  } catch (error) {
    entry.isReleased = isFileLockError(error) && error.code === "file_lock_lost";
    throw error;
  }
}

export function verify(request: Request): Reply {
  return { held: find(request).lock.verify() };
}

export async function awaitLost(request: Request, timeoutMs: number): Promise<Reply> {
  const entry = find(request);
  const { signal } = entry.lock;
  if (!signal.aborted) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      const onAbort = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
  return { lost: signal.aborted, signals: entry.signals };
}
