import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Credential } from "../oauth/credential.js";
import { isObject, own } from "../oauth/text.js";
import { isStoreError, StoreError } from "../store/errors.js";
import { invalidStore } from "../store/failures.js";
import { valueAt } from "../store/json.js";
import { InvalidStore, parseStore } from "../store/parse.js";
import { snapshotSteps } from "../store/snapshot.js";
import { runAsync } from "../wait.js";
import { type Cell, readCell } from "./sqlite.js";

/** Where an agent's credentials are (STATE-4). */
export interface RecognisedStore {
  readonly kind: "sqlite" | "json" | "none";
  /** Of the file; with `none` of the one that is not there. */
  readonly path: string;
}

const SHARED_FLAG: Cell = {
  ...{ table: "config_machine_state", keyColumn: "state_key", valueColumn: "value_json" },
  key: "auth.sharedStore",
};
const SHARED_STORE: Cell = { ...SHARED_FLAG, key: "authProfiles.store" };
const AGENT_STORE: Cell = {
  ...{ table: "auth_profile_store", keyColumn: "store_key", valueColumn: "store_json" },
  key: "primary",
};

/**
 * Says what kind of store an agent's directory has, as of now.
 *
 * @throws StoreError where that takes reading SQLite, and this Node cannot.
 */
export function recogniseStore(agentDir: string, stateDir: string): RecognisedStore {
  const database = join(agentDir, "openclaw-agent.sqlite");
  if (existsSync(database)) return { kind: "sqlite", path: database };
  const shared = sharedDatabase(stateDir);
  if (isShared(shared)) return { kind: "sqlite", path: shared };
  const path = join(agentDir, "auth-profiles.json");
  return { kind: existsSync(path) ? "json" : "none", path };
}

/** As `recogniseStore`, for the store that agents share. */
export function recogniseMainStore(mainAgentDir: string, stateDir: string): RecognisedStore {
  const shared = sharedDatabase(stateDir);
  if (isShared(shared)) return { kind: "sqlite", path: shared };
  return recogniseStore(mainAgentDir, stateDir);
}

function sharedDatabase(stateDir: string): string {
  return join(stateDir, "state", "openclaw.sqlite");
}

// The database is there since 2026.6.1, when the store was a JSON file still: only what is in it says where the store is.
function isShared(path: string): boolean {
  if (!existsSync(path)) return false;
  const flag = readCell(path, SHARED_FLAG);
  return flag !== undefined && own(parseCell(path, flag), "location") === "state-db";
}

/** All profiles in a store; undefined where there is none. */
export async function readProfiles(store: RecognisedStore): Promise<Readonly<Record<string, unknown>> | undefined> {
  const profiles = own(await readValue(store), "profiles");
  return isObject(profiles) ? profiles : undefined;
}

/** What a store has for a profile; undefined: nothing. */
export async function readProfile(store: RecognisedStore, profileId: string): Promise<Credential | undefined> {
  const found = valueAt(await readProfiles(store), [profileId]);
  return isObject(found) ? (found as Credential) : undefined;
}

async function readValue(store: RecognisedStore): Promise<unknown> {
  if (store.kind === "none") return undefined;
  if (store.kind === "json") {
    try {
      return (await runAsync(snapshotSteps(store.path), undefined)).value;
    } catch (error) {
      if (isStoreError(error) && error.code === "store_missing") return undefined;
      throw error;
    }
  }
  const isAgents = store.path.endsWith("openclaw-agent.sqlite");
  const text = readCell(store.path, isAgents ? AGENT_STORE : SHARED_STORE);
  return text === undefined ? undefined : parseCell(store.path, text);
}

function parseCell(path: string, text: string): unknown {
  try {
    return JSON.parse(parseStore(Buffer.from(text, "utf8")));
  } catch (error) {
    throw error instanceof InvalidStore ? invalidStore(path, error.kind) : error;
  }
}

const REMEDY = "run: openclaw models auth login, or keep a login of the script's own in a CredentialCache";

/** The refusal of any write to OpenClaw's databases. */
export function readOnlyStore(path: string): StoreError {
  const what = "is OpenClaw's own SQLite database, and is only read";
  return new StoreError("store_unsupported", what, { path, kind: "sqlite", hint: REMEDY });
}

/** The paths of which a change says that a store may have changed. */
export function watchPathsOf(stores: readonly RecognisedStore[]): string[] {
  const paths = stores.flatMap(({ path }) => [path, `${path}-wal`, join(path, "..")]);
  return [...new Set(paths)];
}
