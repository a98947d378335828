import type { FileLockMembers } from "../file-lock.js";

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
/** Members that are undefined are left out. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Sets or removes the value at a path of keys. */
export type StoreEdit =
  | { readonly at: readonly string[]; readonly value: JsonValue; readonly remove?: undefined }
  | { readonly at: readonly string[]; readonly remove: true; readonly value?: undefined };

/** What makes bytes no store (STORE-2). */
export type InvalidKind =
  | "huge"
  | "empty"
  | "bom"
  | "nul"
  | "encoding"
  | "torn"
  | "garbage"
  | "deep"
  | "duplicate-key"
  | "not-an-object";

/** Which file it was, and as of which change. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** A store as it was at one moment, and which file it was read from. */
export interface StoreSnapshot {
  /** Absolute. */
  readonly path: string;
  /** Parsed. A number that no double holds is rounded here, and kept in the file. */
  readonly value: JsonObject;
  readonly bytes: Uint8Array;
  /** Null: there was no file. */
  readonly identity: FileIdentity | null;
}

/** A lock that says which it is and whether it is held. */
export type HeldStoreLock = Pick<FileLockMembers, "lockPath" | "verify">;
