import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { StoreError } from "../store/errors.js";
import { storeFailure } from "../store/failures.js";
import { isSameIdentity } from "../store/file.js";
import type { FileIdentity } from "../store/types.js";

// As much of `node:sqlite` as is used here; the types of the oldest Node that we run on do not have it.
interface Database {
  prepare(sql: string): { get(...values: readonly string[]): Record<string, unknown> | undefined };
  close(): void;
}
interface Sqlite {
  readonly DatabaseSync: new (location: string | URL, options: { readonly readOnly: boolean }) => Database;
}

/** A text in a table of a database of OpenClaw's. */
export interface Cell {
  readonly table: string;
  readonly keyColumn: string;
  readonly valueColumn: string;
  readonly key: string;
}

const MOST_LOOKS = 20;

/** The text; undefined where the table or the row is missing. Nothing is made beside the database (STATE-11). */
export function readCell(path: string, cell: Cell): string | undefined {
  const sqlite = load(path);
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const before = lookAt(path);
    // Without what is in its log it would be read as it was some time ago; with it, SQLite guards against writers.
    if (before.hasLog) return query(sqlite, path, path, cell);
    const found = query(sqlite, path, immutable(path), cell);
    const after = lookAt(path);
    if (!after.hasLog && isSameIdentity(before.identity, after.identity)) return found;
  }
  const hint = "try again";
  throw new StoreError("store_changed", "is being written all the time", { path, hint });
}

function load(path: string): Sqlite {
  const sqlite = process.getBuiltinModule("node:sqlite" as never) as unknown as Sqlite | undefined;
  if (sqlite) return sqlite;
  const what = `is an SQLite database, which Node ${process.versions.node} cannot read`;
  throw new StoreError("store_unsupported", what, { path, kind: "sqlite", hint: "run Node 22.13 or newer" });
}

function lookAt(path: string): { readonly identity: FileIdentity; readonly hasLog: boolean } {
  try {
    const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
    return { identity: statSync(path, { bigint: true }), hasLog: log !== undefined && log.size > 0 };
  } catch (error) {
    throw storeFailure(error, path);
  }
}

function immutable(path: string): URL {
  const url = pathToFileURL(path);
  url.search = "?immutable=1";
  return url;
}

function query(sqlite: Sqlite, path: string, location: string | URL, cell: Cell): string | undefined {
  let database: Database | undefined;
  try {
    database = new sqlite.DatabaseSync(location, { readOnly: true });
    const { table, keyColumn, valueColumn, key } = cell;
    database.prepare("PRAGMA busy_timeout = 1000").get();
    const row = database.prepare(`SELECT ${valueColumn} AS text FROM ${table} WHERE ${keyColumn} = ?`).get(key);
    const text = row?.["text"];
    return typeof text === "string" ? text : undefined;
  } catch (error) {
    if (/^no such table/.test((error as Error).message)) return undefined;
    throw failure(error, path);
  } finally {
    database?.close();
  }
}

const CORRUPT = 11;
const NOT_A_DATABASE = 26;

// Without the error itself as cause: it is not known what it may quote.
function failure(error: unknown, path: string): unknown {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (code === "ERR_INVALID_ARG_TYPE") {
    const what = `is an SQLite database that Node ${process.versions.node} cannot read without making files beside it`;
    return new StoreError("store_unsupported", what, { path, kind: "sqlite", hint: "run Node 24 or newer" });
  }
  if (code !== "ERR_SQLITE_ERROR") return error;
  if (errcode === CORRUPT || errcode === NOT_A_DATABASE) {
    const hint = "look at the file: nothing was changed";
    return new StoreError("store_invalid", "is no SQLite database, or a damaged one", { path, kind: "garbage", hint });
  }
  const hint = "see SQLite's list of result codes";
  return new StoreError("store_io", `could not be read (SQLite ${String(errcode)})`, { path, hint });
}
