import {
  type AcquiredOrAdopted,
  acquireFileLock,
  acquireOrAdopt,
  type FileLock,
  isFileLockError,
  type LockState,
  withFileLock,
} from "@openclaw/lock-helpers";
import {
  isRefreshError,
  type RefreshFunction,
  RefreshRejected,
  type RefreshResult,
  refreshOnce,
  refreshStored,
  tokenEndpoint,
} from "@openclaw/lock-helpers/oauth";
import { CredentialCache, isUsable, refreshCredential, waitForFreshCredential } from "@openclaw/lock-helpers/openclaw";
import { type LockPayload, validateLockPayload } from "@openclaw/lock-helpers/payload";
import { readStore, replaceStore, StoreError, type StoreSnapshot, updateStore } from "@openclaw/lock-helpers/store";
import {
  classifyName,
  type Inspection,
  inspectLock,
  type NameKind,
  openInspection,
  sweepLock,
} from "@openclaw/lock-helpers/tools";

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
  const inspection = await inspectLock(path, { watch: true, trustPids: true, session: openInspection() });
  const { removed } = await sweepLock(path, { dryRun: true });
  return [classifyName(path), inspection, removed && inspection.evidence?.witness === "refused"];
}

export async function adopt(path: string): Promise<string | FileLock> {
  const got: AcquiredOrAdopted<string> = await acquireOrAdopt(path, {
    tryAdopt: async () => {
      const { value }: StoreSnapshot = await readStore(path);
      return typeof value["token"] === "string" ? value["token"] : undefined;
    },
  });
  if (got.adopted) return got.value;
  const { changed } = replaceStore(await readStore(path), [{ at: ["token"], remove: true }], [got.lock]);
  return changed ? got.lock : "unchanged";
}

export async function set(path: string, value: string): Promise<boolean> {
  try {
    const edit = (store: object) => (Object.keys(store).length > 0 ? [{ at: ["a", "b"], value }] : []);
    return (await updateStore(path, edit, { timeoutMs: 5 })).changed;
  } catch (error) {
    return error instanceof StoreError && error.kind === "torn";
  }
}

const refresh: RefreshFunction = async ({ refreshToken, signal }) => {
  if (refreshToken === "" || signal.aborted) throw new RefreshRejected("invalid_grant");
  return { access_token: "a", expires_in: 3600 };
};

export async function fresh(store: string): Promise<string | undefined> {
  try {
    const result: RefreshResult = await refreshStored({ store, at: ["profiles", "x"], refresh, resend: "if-dead" });
    const locks = [store];
    await refreshOnce({ locks, refresh, read: () => ({ access: "a", refresh: "r", expires: 5 }), save: () => {} });
    const about = { profileId: "xai:default", agentId: "main" };
    const own = await refreshCredential({ ...about, refresh: tokenEndpoint({ url: "https://x.example" }) });
    const other = await waitForFreshCredential({ ...about, timeoutMs: 5 });
    await new CredentialCache(store, { providerDoesNotRotate: true }).put("k", other);
    return isUsable(own.credential) ? result.access : undefined;
  } catch (error) {
    if (isRefreshError(error) && error.code === "refresh_not_saved") return (await error.retrySave()).access;
    return undefined;
  }
}
