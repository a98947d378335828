import type { FileLockHandle, FileLockLibrary, Integration } from "./library.js";
import { startTicks } from "./process-table.js";
import { isStale } from "./stale-rule.js";

export interface LockOptions {
  readonly timeoutMs?: number;
  readonly staleMs?: number;
  readonly reclaim?: boolean;
}

/** Back-off of OpenClaw's configuration lock, with as many tries as the caller's time allows. */
const BACK_OFF = { factor: 1.2, minTimeout: 25, maxTimeout: 250, randomize: true };

/** Takes the lock as OpenClaw takes it: its payload, its stale rule, its recovery. */
export function acquire(
  library: FileLockLibrary,
  integration: Integration,
  target: string,
  options: LockOptions,
): Promise<FileLockHandle> {
  const { timeoutMs = 10_000, staleMs = 30_000, reclaim = true } = options;
  const stale = ({ payload }: { payload: unknown }): boolean => isStale(payload, staleMs, integration.rule);
  return library.acquireFileLock(target, {
    managerKey: "openclaw.plugin-sdk.file-lock",
    retry: { ...BACK_OFF, retries: Math.ceil(timeoutMs / BACK_OFF.minTimeout) },
    timeoutMs,
    staleMs,
    staleRecovery: reclaim ? "remove-if-unchanged" : "fail-closed",
    shouldReclaim: stale,
    shouldRemoveStaleLock: stale,
    payload: () => ({ pid: process.pid, createdAt: new Date().toISOString(), ...ownStart }),
    ...(integration.allowReentrant ? { allowReentrant: true } : {}),
  });
}

const ticks = startTicks(process.pid);
const ownStart = ticks === undefined ? {} : { starttime: ticks };
