import { monotonic } from "../clock.js";
import { TORN_MS } from "../generated/constants.js";
import type { Steps } from "../wait.js";
import { NEW_STORE } from "./edit.js";
import { isStoreError } from "./errors.js";
import { changedStore, invalidStore } from "./failures.js";
import { readStoreFile } from "./file.js";
import { InvalidStore, parseStore } from "./parse.js";
import type { JsonObject, StoreSnapshot } from "./types.js";

const MOST_CHANGES = 100;
const PAUSE_MS = 5;

/**
 * Reads a store without a lock (STORE-1 to STORE-4).
 *
 * @param mayBeMissing a store that is not there is an empty one then.
 */
export function* snapshotSteps(path: string, mayBeMissing = false): Steps<StoreSnapshot> {
  const startedAt = monotonic();
  for (let changes = 0; changes < MOST_CHANGES; ) {
    const found = tryToRead(path, mayBeMissing);
    if (found === "changed") {
      changes++;
      yield 1;
    } else if (typeof found !== "string") return found;
    // Somebody may be writing it in place.
    else if (monotonic() - startedAt < TORN_MS) yield PAUSE_MS;
    else throw invalidStore(path, found);
  }
  throw changedStore(path);
}

function tryToRead(path: string, mayBeMissing: boolean): StoreSnapshot | "changed" | "empty" | "torn" {
  try {
    const file = readStoreFile(path);
    if (!file) return "changed";
    return { path, ...file, value: JSON.parse(parseStore(file.bytes)) as JsonObject };
  } catch (error) {
    if (error instanceof InvalidStore) {
      if (error.kind === "empty" || error.kind === "torn") return error.kind;
      throw invalidStore(path, error.kind);
    }
    if (!mayBeMissing || !isStoreError(error) || error.code !== "store_missing") throw error;
    return { path, value: {}, bytes: NEW_STORE, identity: null };
  }
}
