import { acquireFileLock, type FileLock, isFileLockError, type LockState, withFileLock } from "@openclaw/lock-helpers";
import { type LockPayload, validateLockPayload } from "@openclaw/lock-helpers/payload";
import { classifyName, type Inspection, inspectLock, type NameKind, sweepLock } from "@openclaw/lock-helpers/tools";

export async function use(target: string): Promise<number> {
  const lock: FileLock = await acquireFileLock(target, { retries: { retries: 3, randomize: true }, stale: 30_000 });
  lock.signal.addEventListener("abort", () => {});
  await lock.release();
  try {
    return await withFileLock(target, { timeoutMs: 5, witness: "always", trustPids: false }, async (held) =>
      held.verify() ? 1 : 2,
    );
  } catch (error) {
    return isFileLockError(error) && error.code === "file_lock_timeout" ? (error.holder?.pid ?? 0) : -1;
  }
}

export const verdictOf = (state: LockState): string => state.verdict;
export const pidOf = (data: unknown): number | undefined => {
  const payload: LockPayload | undefined = validateLockPayload(data) ? data : undefined;
  return payload?.pid;
};

export async function sweep(path: string): Promise<[NameKind | undefined, Inspection, boolean]> {
  const inspection = await inspectLock(path, { watch: true, trustPids: true });
  const { removed } = await sweepLock(path, { dryRun: true });
  return [classifyName(path), inspection, removed && inspection.evidence?.witness === "refused"];
}
