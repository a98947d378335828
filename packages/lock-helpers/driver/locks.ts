import type { HeldLock } from "../src/held.js";
import type { FileLockOptions } from "../src/index.js";
import { acquireFileLock } from "../src/index.js";
import { type Request, readTime, text } from "./protocol.js";
import { Cancelled } from "./refusal.js";

type Reply = Record<string, unknown>;

const held = new Map<string, { readonly lock: HeldLock; signals: number }>();
const waiting = new Map<number, AbortController>();

export function optionsOf(request: Request): FileLockOptions {
  const given = (request.options ?? {}) as Record<string, unknown>;
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) options[key] = readTime(value);
  return options;
}

export async function acquire(request: Request): Promise<Reply> {
  const handle = text(request, "handle");
  if (held.has(handle)) throw new TypeError(`handle in use: ${handle}`);
  const controller = new AbortController();
  waiting.set(request.id, controller);
  let waits = 0;
  const onWait = () => {
    waits++;
  };
  try {
    const options = { ...optionsOf(request), signal: controller.signal, onWait };
    const lock = (await acquireFileLock(text(request, "target"), options)) as unknown as HeldLock;
    const entry = { lock, signals: 0 };
    lock.signal.addEventListener("abort", () => {
      entry.signals++;
    });
    held.set(handle, entry);
    return { lockPath: lock.lockPath, waitedMs: lock.waitedMs, waits, token: lock.token };
  } finally {
    waiting.delete(request.id);
  }
}

export function cancel(request: Request): Reply {
  waiting.get(Number(request.request))?.abort(new Cancelled("cancelled by the runner"));
  return {};
}

function find(request: Request) {
  const entry = held.get(text(request, "handle"));
  if (!entry) throw new TypeError(`no such handle: ${String(request.handle)}`);
  return entry;
}

export async function release(request: Request): Promise<Reply> {
  const { lock } = find(request);
  try {
    await lock.release();
  } catch (error) {
    if ((error as { code?: string }).code === "file_lock_lost") held.delete(text(request, "handle"));
    throw error;
  }
  held.delete(text(request, "handle"));
  return {};
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
