import { monotonic } from "../clock.js";
import { RefreshCall } from "../oauth/call.js";
import { type Credential, expiresOf, isSameAccount } from "../oauth/credential.js";
import type { RefreshResult } from "../oauth/errors.js";
import { fenceOf } from "../oauth/fence.js";
import type { Aim, Ground, Reserve, Saved, Saving } from "../oauth/ground.js";
import { JsonAim } from "../oauth/json-aim.js";
import { type Plan, planOf, type RefreshOptions } from "../oauth/options.js";
import { own, said } from "../oauth/text.js";
import { StoreError } from "../store/errors.js";
import { valueAt } from "../store/json.js";
import type { StoreEdit } from "../store/types.js";
import { readStore, updateStore } from "../store/update.js";
import { runAsync } from "../wait.js";
import { isUsable } from "./credential.js";
import { fencePending } from "./fences.js";
import { makePrivateDir } from "./private-dir.js";
import { type Located, Profile, type ProfileOptions } from "./profile.js";
import { refreshLockDir, refreshLockTargets } from "./refresh-locks.js";
import { type RecognisedStore, readOnlyStore } from "./stores.js";
import { Watcher } from "./watch.js";

export interface RefreshCredentialOptions extends ProfileOptions, RefreshOptions {}

/**
 * Gives a usable credential of an OpenClaw profile. With a JSON store (up to 2026.6.1) it is refreshed where it belongs, under
 * the locks that OpenClaw takes, as `refreshStored` does. With an SQLite store it is only read: one that has expired is
 * `store_unsupported` there, and `waitForFreshCredential` the way to get one.
 *
 * @throws as `refreshStored`.
 */
export async function refreshCredential(options: RefreshCredentialOptions): Promise<RefreshResult> {
  const profile = new Profile(options);
  const plan = planOf(profile.name, options, (credential) => isUsable(credential));
  return new RefreshCall(new OpenClawGround(profile, plan), plan).run();
}

class OpenClawGround implements Ground {
  readonly name: string;
  readonly #profile: Profile;
  readonly #plan: Plan;
  readonly #startedAt = monotonic();

  constructor(profile: Profile, plan: Plan) {
    this.name = profile.name;
    this.#profile = profile;
    this.#plan = plan;
  }

  async aim(): Promise<Aim> {
    const profile = this.#profile;
    let located = await profile.locate();
    if (fenceOf(profile.effectiveOf(located))) {
      await this.#passFence();
      located = await profile.locate();
    }
    const credential = profile.checked(profile.effectiveOf(located));
    refuseElsewhere(credential, located);
    const isDatabase = located.agentStore.kind === "sqlite" || located.mainStore.kind === "sqlite";
    return isDatabase
      ? new DatabaseAim(profile, located)
      : new FileAim(profile, located, profile.providerOf(credential));
  }

  /** Returns when it is none any more. Throws where it has failed, or when it has stood for too long. */
  async #passFence(): Promise<void> {
    const { settings } = this.#plan;
    const deadline = this.#startedAt + settings.timeoutMs;
    const watcher = new Watcher(this.#profile, settings.trustPids, (credential) => fenceOf(credential) === undefined);
    const passed = await runAsync(watcher.wait(deadline, this.#startedAt), settings.signal);
    if (!passed) throw fencePending(this.name, monotonic() - this.#startedAt);
  }
}

// OpenClaw 2026.5.12 could keep tokens in an encrypted file of its own.
function refuseElsewhere(credential: Credential, located: Located): void {
  const isElsewhere = own(credential, "oauthRef") !== undefined && said(credential, "refresh") === "";
  if (!isElsewhere || said(credential, "access") !== "") return;
  const { path } = ownerStoreOf(located);
  const what = "keeps the tokens of this login in another place, encrypted";
  throw new StoreError("store_unsupported", what, { path, hint: "run: openclaw models auth login" });
}

/** OpenClaw's databases are read, and not written. */
class DatabaseAim implements Aim {
  readonly locks = [];
  readonly intents = "";
  readonly watch = [];
  readonly #profile: Profile;
  readonly #located: Located;

  constructor(profile: Profile, located: Located) {
    this.#profile = profile;
    this.#located = located;
  }

  async read(): Promise<Credential> {
    return this.#profile.checked(this.#profile.effectiveOf(this.#located));
  }

  reread(): Promise<never> {
    return this.#refuse();
  }

  reserve(): Promise<never> {
    return this.#refuse();
  }

  save(): Promise<never> {
    return this.#refuse();
  }

  async #refuse(): Promise<never> {
    const { agentStore, mainStore } = this.#located;
    throw readOnlyStore((agentStore.kind === "sqlite" ? agentStore : mainStore).path);
  }
}

/** A JSON store, written as OpenClaw up to 2026.6.1 does: under both refresh locks, and then the store's own (STATE-8). */
class FileAim implements Aim {
  readonly locks: readonly string[];
  readonly intents: string;
  readonly watch: readonly string[];
  readonly #profile: Profile;
  readonly #owner: RecognisedStore;
  readonly #file: JsonAim;

  constructor(profile: Profile, located: Located, provider: string) {
    this.#profile = profile;
    this.#owner = ownerStoreOf(located);
    this.intents = refreshLockDir(profile.stateDir);
    this.locks = [...refreshLockTargets(profile.stateDir, provider, profile.profileId), this.#owner.path];
    this.watch = [located.agentStore.path, located.mainStore.path];
    this.#file = new JsonAim(this.#owner.path, ["profiles", profile.profileId], this.locks, this.intents);
  }

  prepare(): void {
    makePrivateDir(this.intents, this.#profile.stateDir);
  }

  async read(): Promise<Credential> {
    const located = await this.#profile.locate();
    const effective = this.#profile.effectiveOf(located);
    // What is to be compared with later is what will be refreshed.
    return this.#profile.checked(
      isUsable(effective) ? effective : located[located.owner === "agent" ? "agent" : "main"],
    );
  }

  async reread(): Promise<Credential | undefined> {
    const located = await this.#profile.locate();
    refuseDatabases(located);
    const credential = located.owner === "agent" ? located.agent : located.main;
    const isElsewhere = ownerStoreOf(located).path !== this.#owner.path;
    return isElsewhere || fenceOf(credential) ? undefined : this.#profile.checked(credential);
  }

  reserve(): Reserve {
    return this.#file.reserve();
  }

  async save(saving: Saving): Promise<Saved> {
    const { agentStore, mainStore } = this.#profile.stores();
    refuseDatabases({ agentStore, mainStore });
    const saved = await this.#file.save(saving);
    if (saved.isSaved && saved.credential && this.#owner.path !== mainStore.path) {
      await mirror(mainStore.path, this.#profile.profileId, saved.credential);
    }
    return saved;
  }
}

function ownerStoreOf({ owner, agentStore, mainStore }: Located): RecognisedStore {
  return owner === "agent" ? agentStore : mainStore;
}

// A store that has been migrated meanwhile has a copy of what was sent.
function refuseDatabases({ agentStore, mainStore }: Pick<Located, "agentStore" | "mainStore">): void {
  const database = [agentStore, mainStore].find(({ kind }) => kind === "sqlite");
  if (database) throw readOnlyStore(database.path);
}

/** Main's copy of the same login is made new too: it would be sent by the next agent. That this fails is no failure. */
async function mirror(path: string, profileId: string, credential: Credential): Promise<void> {
  const edit = (value: unknown): StoreEdit[] => {
    const main = valueAt(value, ["profiles", profileId]);
    const isOlder = (expiresOf(main) ?? Number.NEGATIVE_INFINITY) < (expiresOf(credential) ?? Number.NEGATIVE_INFINITY);
    const isCopy = own(main, "type") === "oauth" && isSameAccount(main, credential);
    if (!isCopy || !isOlder) return [];
    return Object.entries(credential).map(([key, member]) => ({ at: ["profiles", profileId, key], value: member! }));
  };
  try {
    // Where there is nothing to be written its lock is not waited for.
    if (edit((await readStore(path)).value).length > 0) await updateStore(path, edit);
  } catch {
    // See above.
  }
}
