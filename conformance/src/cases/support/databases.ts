import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { CaseContext, ImplementationRef } from "../../engine/case.js";
import { locateNode } from "../../peers/node.js";

/** OpenClaw's tables (2026.9.6), and a row of each. Arguments: the database, "wal" or "delete", a table, a key, its JSON. */
const SCRIPT = `
import sqlite3, sys
path, mode, table, key, text = sys.argv[1:6]
db = sqlite3.connect(path, isolation_level=None)
db.execute("PRAGMA journal_mode=" + mode)
db.execute("CREATE TABLE IF NOT EXISTS auth_profile_store (store_key TEXT NOT NULL PRIMARY KEY, store_json TEXT NOT NULL, updated_at INTEGER NOT NULL)")
db.execute("CREATE TABLE IF NOT EXISTS config_machine_state (state_key TEXT NOT NULL PRIMARY KEY, value_json TEXT NOT NULL, updated_at_ms INTEGER NOT NULL)")
db.execute("INSERT OR REPLACE INTO %s VALUES (?, ?, 1)" % table, (key, text))
if len(sys.argv) > 6:
    print("open", flush=True)
    sys.stdin.read()
`;

export interface Row {
  readonly table: "auth_profile_store" | "config_machine_state";
  readonly key: string;
  readonly value: unknown;
}

export const profilesRow = (profiles: object): Row => ({
  table: "auth_profile_store",
  key: "primary",
  value: { version: 1, profiles },
});

const argumentsFor = (path: string, mode: string, { table, key, value }: Row): string[] => [
  "-c",
  SCRIPT,
  path,
  mode,
  table,
  key,
  JSON.stringify(value),
];

/** Writes a row into a database as OpenClaw has it, and closes it. */
export function writeRow(context: CaseContext, path: string, row: Row, mode: "wal" | "delete" = "delete"): void {
  mkdirSync(dirname(path), { recursive: true });
  const { status, stderr } = spawnSync("python3", argumentsFor(path, mode, row), { encoding: "utf8" });
  context.require("database", status === 0, () => `no database could be made: ${stderr}`);
}

/** The same, and keeps it open, so that what was written stays in the write-ahead log. */
export async function keepOpen(context: CaseContext, path: string, row: Row): Promise<{ close(): Promise<void> }> {
  mkdirSync(dirname(path), { recursive: true });
  const child = spawn("python3", [...argumentsFor(path, "wal", row), "keep"], { stdio: ["pipe", "pipe", "inherit"] });
  await once(child.stdout, "data");
  const close = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    child.stdin.end();
    await once(child, "exit");
  };
  context.cleanup(close);
  return { close };
}

/** The same program on a Node that has SQLite, where it runs on an older one and there is another. */
export function onNewerNode(implementation: ImplementationRef): ImplementationRef {
  const newer = locateNode();
  const [program, ...rest] = implementation.command;
  if (program !== process.execPath || newer === undefined) return implementation;
  return { ...implementation, command: [newer, ...rest] };
}
