import type { HeldLock } from "../src/held.js";
import { acquireFileLock, acquireOrAdopt, type FileLock, type FileLockOptions, isFileLockError } from "../src/index.js";
import { valueAt } from "../src/store/json.js";
import { readStore } from "../src/store.js";
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

/** Runs what the runner's `cancel` may abort. */
export async function cancellable<T>(request: Request, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  waiting.set(request.id, controller);
  try {
    return await run(controller.signal);
  } finally {
    waiting.delete(request.id);
  }
}

function checkHandle(request: Request): string {
  const handle = text(request, "handle");
  if (entries.get(handle)?.isReleased === false) throw new TypeError(`handle in use: ${handle}`);
  return handle;
}

function keep(handle: string, held: FileLock): Reply {
  const lock = held as unknown as HeldLock;
  const entry: Entry = { lock, signals: 0, isReleased: false };
  lock.signal.addEventListener("abort", () => {
    entry.signals++;
  });
  entries.set(handle, entry);
  const { lockPath, waitedMs, token, witness = null } = lock;
  return { lockPath, waitedMs, token, witness };
}

export async function acquire(request: Request): Promise<Reply> {
  const handle = checkHandle(request);
  let waits = 0;
  const onWait = () => {
    waits++;
  };
  const lock = await cancellable(request, (signal) =>
    acquireFileLock(text(request, "target"), { ...optionsOf(request), signal, onWait }),
  );
  return { ...keep(handle, lock), waits };
}

export async function adopt(request: Request): Promise<Reply> {
  const handle = checkHandle(request);
  const store = text(request, "store");
  let looks = 0;
  let waits = 0;
  const onWait = () => {
    waits++;
  };
  const tryAdopt = async () => {
    looks++;
    const { value } = await readStore(store).catch(() => ({ value: {} }));
    const found = valueAt(value, request.at as string[]);
    return typeof found === "string" && found !== request.unless ? found : undefined;
  };
  const got = await cancellable(request, (signal) =>
    acquireOrAdopt(text(request, "target"), { ...optionsOf(request), tryAdopt, watch: [store], signal, onWait }),
  );
  if (got.adopted) return { adopted: true, value: got.value, looks };
  return { adopted: false, ...keep(handle, got.lock), waits, looks };
}

export function cancel(request: Request): Reply {
  waiting.get(Number(request.request))?.abort(new Cancelled("cancelled by the runner"));
  return {};
}

export function find(request: Request): Entry {
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
