import { addOne } from "./counter.js";
import type { FileLockHandle, FileLockLibrary, Integration } from "./library.js";
import { acquire, type LockOptions } from "./locker.js";
import { type RefreshRequest, refresh } from "./refresh.js";
import { armRemoval, REMOVAL_POINT } from "./removals.js";

export interface Request {
  readonly id: number;
  readonly verb: string;
  readonly target: string;
  readonly handle: string;
  readonly options?: LockOptions;
  readonly counter: string;
  readonly log: string;
  readonly rounds: number;
  readonly holdMs: number;
  readonly point: string;
  readonly action: string;
  readonly nth?: number;
}

export type Reply = Record<string, unknown>;

type Verb = (request: Request) => Reply | Promise<Reply>;

export function createVerbs(
  version: string,
  library: FileLockLibrary,
  integration: Integration,
): Readonly<Record<string, Verb>> {
  const name = `fs-safe-${version}`;
  const handles = new Map<string, FileLockHandle>();
  const take = (request: Request) => acquire(library, integration, request.target, request.options ?? {});

  return {
    hello: () => ({
      protocol: 1,
      name,
      version,
      language: "typescript",
      platform: process.platform,
      pid: process.pid,
      capabilities: ["basic", "reclaim"],
    }),
    acquire: async (request) => {
      const started = performance.now();
      const handle = await take(request);
      handles.set(request.handle, handle);
      return { lockPath: handle.lockPath, waitedMs: performance.now() - started, waits: 0, token: "" };
    },
    release: async (request) => {
      await held(handles, request.handle).release();
      handles.delete(request.handle);
      return {};
    },
    verify: async (request) => {
      const verify = held(handles, request.handle).verifyStillHeld;
      if (verify === undefined) throw new Error(`fs-safe ${version} has no verification`);
      return { held: await verify() };
    },
    loop: async (request) => {
      const waits: number[] = [];
      for (let round = 0; round < request.rounds; round += 1) {
        const started = performance.now();
        const lock = await take(request);
        waits.push(performance.now() - started);
        await addOne(request.counter, request.log, name, request.holdMs);
        await lock.release();
      }
      const sum = waits.reduce((total, wait) => total + wait, 0);
      const mean = waits.length === 0 ? 0 : sum / waits.length;
      return { completed: waits.length, acquireMs: { max: Math.max(0, ...waits), mean } };
    },
    arm: ({ point, action, nth = 1 }) => {
      if (point !== REMOVAL_POINT || action !== "stop") throw new Error(`a peer only stops at ${REMOVAL_POINT}`);
      armRemoval(nth);
      return {};
    },
    "openclaw-refresh": (request) => refresh(library, integration, request as unknown as RefreshRequest),
    bye: () => ({}),
  };
}

/** An outcome that the contract knows too, or whatever else the library threw. */
export function refusal(error: unknown): Reply {
  const { code, message, lockPath, normalizedTargetPath } = error as Error & Record<string, unknown>;
  if (code !== "file_lock_timeout" && code !== "file_lock_stale") {
    return { status: "error", message: `${code ?? "no code"}: ${message}` };
  }
  const details = { message, lockPath, target: normalizedTargetPath, waitedMs: 0, hint: "" };
  return { status: "refused", code, error: details };
}

function held(handles: ReadonlyMap<string, FileLockHandle>, name: string): FileLockHandle {
  const handle = handles.get(name);
  if (handle === undefined) throw new Error(`no handle ${name}`);
  return handle;
}
