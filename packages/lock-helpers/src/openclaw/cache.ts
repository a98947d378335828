import { basename } from "node:path";
import { invalidOptionError } from "../messages.js";
import { type Credential, isCurrent, tokensOf } from "../oauth/credential.js";
import type { RefreshResult } from "../oauth/errors.js";
import type { RefreshOptions } from "../oauth/options.js";
import { refreshStored } from "../oauth/stored.js";
import { isObject, own } from "../oauth/text.js";
import type { FileLockOptions } from "../options.js";
import { absoluteTarget, targetFault } from "../paths.js";
import { isStoreError, StoreError } from "../store/errors.js";
import { valueAt } from "../store/json.js";
import { readStore, updateStore } from "../store/update.js";
import { type AgentOptions, resolveAgentDir, resolveMainAgentDir, stateDirOf } from "./paths.js";
import { readProfiles, recogniseMainStore, recogniseStore } from "./stores.js";

export interface CredentialCacheOptions extends AgentOptions {
  /** The OpenClaw agent whose login it must not be, beside main. */
  readonly agentId?: string | undefined;
  /** The profile that is looked at. Default: all of them. */
  readonly profileId?: string | undefined;
  /**
   * Your word that the provider's refresh tokens are not single-use. Where they are, refreshing a copy of OpenClaw's login
   * burns the login for the gateway.
   */
  readonly providerDoesNotRotate?: boolean | undefined;
}

// What these files are called is OpenClaw's affair alone.
const OPENCLAWS = new Set(["auth-profiles.json", "openclaw-agent.sqlite", "openclaw.sqlite"]);

/**
 * Credentials of a script's own, in a JSON file of mode 0600. For a login of its own: one that is OpenClaw's is refused,
 * since a rotating token that is refreshed here is burned there (STATE-10).
 */
export class CredentialCache {
  readonly path: string;
  readonly #options: CredentialCacheOptions;

  constructor(path: string, options: CredentialCacheOptions = {}) {
    const fault = targetFault(path);
    if (fault) throw invalidOptionError(path, `path ${fault}`);
    if (OPENCLAWS.has(basename(path))) throw invalidOptionError(path, "path must be a file of your own");
    this.path = absoluteTarget(path);
    this.#options = options;
  }

  /** As it is stored; undefined where there is none. */
  async get(key: string): Promise<Credential | undefined> {
    try {
      const found = valueAt((await readStore(this.path)).value, placeOf(key));
      return isObject(found) ? (found as Credential) : undefined;
    } catch (error) {
      if (isStoreError(error) && error.code === "store_missing") return undefined;
      throw error;
    }
  }

  /** @throws StoreError `store_unsupported` where the refresh token is OpenClaw's, or that cannot be told. */
  async put(key: string, credential: Credential, options?: FileLockOptions): Promise<void> {
    if (!isObject(credential)) throw invalidOptionError(this.path, "a credential must be an object");
    await this.#refuseShared(credential);
    await updateStore(this.path, [{ at: placeOf(key), value: credential }], options);
  }

  async delete(key: string, options?: FileLockOptions): Promise<void> {
    if ((await this.get(key)) === undefined) return;
    await updateStore(this.path, [{ at: placeOf(key), remove: true }], options);
  }

  /** As `refreshStored`, for a credential of this cache. */
  async refresh(key: string, options: RefreshOptions): Promise<RefreshResult> {
    const isFresh = options.isFresh ?? ((credential: Credential) => isCurrent(credential));
    const refresh: RefreshOptions["refresh"] = options.refresh;
    const credential = await this.get(key);
    if (credential && !isFresh(credential)) await this.#refuseShared(credential);
    return refreshStored({ ...options, isFresh, refresh, store: this.path, at: placeOf(key) });
  }

  async #refuseShared(credential: Credential): Promise<void> {
    const [refresh] = tokensOf(credential);
    if (this.#options.providerDoesNotRotate || refresh === "") return;
    let isShared: boolean;
    try {
      isShared = (await this.#tokens()).includes(refresh);
    } catch (error) {
      throw this.#refusal("may hold OpenClaw's own login, which cannot be told", error);
    }
    if (isShared)
      throw this.#refusal("must not hold OpenClaw's own login: refreshed here, it is burned for the gateway");
  }

  /** The refresh tokens of OpenClaw's stores, main's and the agent's. */
  async #tokens(): Promise<string[]> {
    const { agentId, profileId } = this.#options;
    const stateDir = stateDirOf(this.#options);
    const where = { ...this.#options, stateDir };
    const stores = [
      recogniseMainStore(resolveMainAgentDir(where), stateDir),
      recogniseStore(resolveAgentDir(agentId, where), stateDir),
    ];
    const tokens: string[] = [];
    for (const store of stores) {
      const profiles = (await readProfiles(store)) ?? {};
      const looked = profileId === undefined ? Object.values(profiles) : [own(profiles, profileId)];
      tokens.push(...looked.map((profile) => tokensOf(profile)[0]));
    }
    return tokens;
  }

  #refusal(what: string, cause?: unknown): StoreError {
    const hint =
      "sign in for the script itself, or, if the provider's refresh tokens are not single-use, say providerDoesNotRotate";
    return new StoreError("store_unsupported", what, { path: this.path, hint, ...(cause !== undefined && { cause }) });
  }
}

function placeOf(key: string): readonly string[] {
  if (typeof key !== "string" || key === "") throw invalidOptionError("", "key must be a string that is not empty");
  return ["credentials", key];
}
