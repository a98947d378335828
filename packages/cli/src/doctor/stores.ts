import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isFence, isUsable } from "@openclaw/lock-helpers/openclaw";

/** What a store says of one login. Never a token. */
export interface Login {
  readonly store: string;
  readonly agent: string;
  readonly profile: string;
  readonly provider: string;
  readonly fence?: "pending" | "failed";
  readonly isUsable: boolean;
  /** Why OpenClaw does not use it now. */
  readonly disabled?: string;
  /** Epoch ms: the store was last written; what is in it is at least as old. */
  readonly writtenAt?: number;
}

export interface Store {
  readonly agent: string;
  readonly kind: "sqlite" | "json" | "none";
  readonly path: string;
  /** Why it could not be read. */
  readonly unread?: string;
}

export interface Stores {
  readonly stores: readonly Store[];
  readonly logins: readonly Login[];
}

const MOST_AGENTS = 200;
const LARGEST = 16 << 20;

/** The stores of a state directory, and the state of the logins in them. Changes nothing, waits for nothing. */
export function readStores(stateDir: string): Stores {
  const stores: Store[] = [];
  const logins: Login[] = [];
  const add = (store: Store, read: () => readonly Login[]) => {
    try {
      logins.push(...(store.kind === "none" ? [] : read()));
      stores.push(store);
    } catch (error) {
      stores.push({ ...store, unread: (error as Error).message });
    }
  };
  for (const agent of agentsIn(stateDir)) {
    const directory = join(stateDir, "agents", agent, "agent");
    const [database, json] = [join(directory, "openclaw-agent.sqlite"), join(directory, "auth-profiles.json")];
    if (existsSync(database)) add({ agent, kind: "sqlite", path: database }, () => agentLogins(database, agent));
    else if (existsSync(json)) add({ agent, kind: "json", path: json }, () => jsonLogins(json, directory, agent));
  }
  const shared = join(stateDir, "state", "openclaw.sqlite");
  if (existsSync(shared)) {
    try {
      const found = sharedLogins(shared);
      if (found) {
        logins.push(...found);
        stores.push({ agent: "all agents", kind: "sqlite", path: shared });
      }
    } catch (error) {
      // It may or may not be the store: only what is in it tells.
      stores.push({ agent: "all agents", kind: "sqlite", path: shared, unread: (error as Error).message });
    }
  }
  return { stores, logins };
}

function agentsIn(stateDir: string): string[] {
  try {
    return readdirSync(join(stateDir, "agents")).sort().slice(0, MOST_AGENTS);
  } catch {
    return [];
  }
}

function jsonLogins(path: string, directory: string, agent: string): Login[] {
  const store = parse(readText(path));
  const usage = join(directory, "auth-state.json");
  const state = existsSync(usage) ? parse(readText(usage)) : store;
  return loginsOf({ path, agent, store, state, writtenAt: statSync(path).mtimeMs });
}

function agentLogins(path: string, agent: string): Login[] {
  const row = query(
    path,
    "SELECT store_json AS text, updated_at AS at FROM auth_profile_store WHERE store_key = 'primary'",
  );
  const state = query(path, "SELECT state_json AS text FROM auth_profile_state LIMIT 1");
  return loginsOf({ path, agent, store: parse(row?.text), state: parse(state?.text), writtenAt: row?.at });
}

function sharedLogins(path: string): Login[] | undefined {
  const cell = (key: string) =>
    parse(query(path, `SELECT value_json AS text FROM config_machine_state WHERE state_key = '${key}'`)?.text);
  if (field(cell("auth.sharedStore"), "location") !== "state-db") return undefined;
  const [store, state] = [cell("authProfiles.store"), cell("authProfiles.state")];
  return loginsOf({ path, agent: "all agents", store, state, writtenAt: undefined });
}

interface Raw {
  readonly path: string;
  readonly agent: string;
  readonly store: unknown;
  readonly state: unknown;
  readonly writtenAt: number | undefined;
}

function loginsOf({ path, agent, store, state, writtenAt }: Raw): Login[] {
  const usage = field(state, "usageStats");
  return Object.entries(recordOf(field(store, "profiles"))).map(([profile, credential]) => {
    const disabled = disabledBy(field(usage, profile));
    return {
      ...{ store: path, agent, profile, provider: textOf(field(credential, "provider")) },
      ...(isFence(credential) && { fence: fenceKind(credential) }),
      isUsable: isUsable(credential),
      ...(disabled !== undefined && { disabled }),
      ...(writtenAt !== undefined && { writtenAt }),
    };
  });
}

function fenceKind(credential: unknown): "pending" | "failed" {
  const isFailed = ["access", "refresh"].every((key) => {
    const text = textOf(field(credential, key));
    return !text.startsWith("openclaw-oauth-refresh-fence:") || text.includes(":failed:");
  });
  return isFailed ? "failed" : "pending";
}

function disabledBy(usage: unknown): string | undefined {
  const until = field(usage, "disabledUntil");
  const reason = field(usage, "disabledReason");
  return typeof until === "number" && until > Date.now() && typeof reason === "string" ? reason : undefined;
}

// As much of `node:sqlite` as is used here.
interface Sqlite {
  readonly DatabaseSync: new (
    location: string | URL,
    options: { readonly readOnly: boolean },
  ) => { prepare(sql: string): { get(): Record<string, unknown> | undefined }; close(): void };
}

/** One row. Nothing is made beside the database (STATE-11). */
function query(path: string, sql: string): { readonly text: string; readonly at: number | undefined } | undefined {
  const sqlite = load();
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  const location = log !== undefined && log.size > 0 ? path : immutable(path);
  const database = new sqlite.DatabaseSync(location, { readOnly: true });
  try {
    const row = database.prepare(sql).get();
    const text = row?.["text"];
    const at = row?.["at"];
    return typeof text === "string" ? { text, at: typeof at === "number" ? at : undefined } : undefined;
  } catch (error) {
    if (/^no such table/.test((error as Error).message)) return undefined;
    throw error;
  } finally {
    database.close();
  }
}

function load(): Sqlite {
  const { emitWarning } = process;
  try {
    // That it is experimental is no news to whoever asks a doctor.
    process.emitWarning = () => {};
    const sqlite = process.getBuiltinModule("node:sqlite" as never) as unknown as Sqlite | undefined;
    if (sqlite) return sqlite;
  } finally {
    process.emitWarning = emitWarning;
  }
  throw new Error(`Node ${process.versions.node} cannot read SQLite: run this with Node 24 or newer`);
}

function immutable(path: string): URL {
  const url = pathToFileURL(path);
  url.search = "?immutable=1";
  return url;
}

function readText(path: string): string {
  if (statSync(path).size > LARGEST) throw new Error("it is larger than any store");
  return readFileSync(path, "utf8");
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Without what the parser quotes: it may be a token.
    throw new Error("it is no JSON");
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function field(value: unknown, key: string): unknown {
  const record = recordOf(value);
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
