import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FileLockLibrary, Integration } from "./library.js";
import { acquire } from "./locker.js";

/** A refresh as OpenClaw 2026.4.20 to 2026.6.1 makes one, under its two nested locks. */
export interface RefreshRequest {
  readonly stateDir: string;
  readonly agentId: string;
  readonly provider: string;
  readonly profileId: string;
  readonly url: string;
  readonly clientId: string;
  readonly options?: { readonly timeoutMs?: number };
}

interface Credential {
  readonly [key: string]: unknown;
  readonly access: string;
  readonly refresh: string;
  readonly expires: number;
}

interface Store {
  readonly profiles: Record<string, Credential>;
}

const MARGIN_MS = 300_000;
const REFRESH_STALE_MS = 180_000;
const STORE_STALE_MS = 30_000;

export async function refresh(
  library: FileLockLibrary,
  integration: Integration,
  request: RefreshRequest,
): Promise<Record<string, unknown>> {
  const { stateDir, agentId, profileId, options = {} } = request;
  const store = join(stateDir, "agents", agentId, "agent", "auth-profiles.json");
  const early = credentialIn(store, profileId);
  if (isUsable(early)) return answer("fresh", early);
  const first = { ...options, staleMs: REFRESH_STALE_MS };
  const refreshLock = await acquire(library, integration, lockTarget(request), first);
  try {
    const storeLock = await acquire(library, integration, store, { ...options, staleMs: STORE_STALE_MS });
    try {
      const stored = credentialIn(store, profileId);
      if (isUsable(stored)) return answer("adopted", stored);
      const renewed = await exchange(request, stored);
      save(store, profileId, renewed);
      return answer("refreshed", renewed);
    } finally {
      await storeLock.release();
    }
  } finally {
    await refreshLock.release();
  }
}

function lockTarget({ stateDir, provider, profileId }: RefreshRequest): string {
  const hash = createHash("sha256").update(provider, "utf8").update("\0", "utf8").update(profileId, "utf8");
  return join(stateDir, "locks", "oauth-refresh", `sha256-${hash.digest("hex")}`);
}

async function exchange({ url, clientId }: RefreshRequest, stored: Credential): Promise<Credential> {
  const form = { grant_type: "refresh_token", client_id: clientId, refresh_token: stored.refresh };
  const response = await fetch(url, { method: "POST", redirect: "error", body: new URLSearchParams(form) });
  const body = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`the provider answered ${response.status}`);
  const expires = Date.now() + Number(body["expires_in"]) * 1000;
  return { ...stored, access: String(body["access_token"]), refresh: String(body["refresh_token"]), expires };
}

const read = (store: string): Store => JSON.parse(readFileSync(store, "utf8")) as Store;

function credentialIn(store: string, profileId: string): Credential {
  const credential = read(store).profiles[profileId];
  if (credential === undefined) throw new Error(`no profile ${profileId}`);
  return credential;
}

function save(store: string, profileId: string, credential: Credential): void {
  const whole = read(store);
  whole.profiles[profileId] = credential;
  const temporary = `${store}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(whole, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, store);
}

const isUsable = ({ expires }: Credential): boolean => expires - Date.now() > MARGIN_MS;

const answer = (how: string, { access, expires }: Credential) => ({ how, access, expires });
