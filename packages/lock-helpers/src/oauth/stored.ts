import { dirname } from "node:path";
import { invalidOptionError } from "../messages.js";
import { absoluteTarget, targetFault } from "../paths.js";
import { pathsOf } from "../store/replace.js";
import { RefreshCall } from "./call.js";
import { isCurrent } from "./credential.js";
import type { RefreshResult } from "./errors.js";
import type { Aim, Ground } from "./ground.js";
import { JsonAim } from "./json-aim.js";
import { planOf, type RefreshOptions } from "./options.js";

export interface RefreshStoredOptions extends RefreshOptions {
  /** Path of the JSON store. */
  readonly store: string;
  /** Keys that lead to the credential: an object with `access`, `refresh` and `expires` (epoch ms). */
  readonly at: readonly string[];
  /** Targets of the locks to take, in this order. The store's own is taken last, unless it is among them. Default: that. */
  readonly locks?: readonly string[] | undefined;
  /** Directory of the intents. The same for everybody who may refresh this login. Default: that of the store. */
  readonly intents?: string | undefined;
}

/**
 * Gives a fresh credential of a JSON store: as it is, as somebody else has just refreshed it, or by calling the refresh
 * function, once, and saving what it returns (spec/refresh.md). Among processes that use this, whatever their language,
 * each refresh token is sent at most once.
 *
 * @throws RefreshError with a stable `code`; StoreError where the store cannot be read or replaced, and FileLockError for a
 * lock that cannot be had at all or a wrong argument: no request was made then. `options.signal.reason` when aborted.
 */
export async function refreshStored(options: RefreshStoredOptions): Promise<RefreshResult> {
  const { store, at, locks, intents } = Object(options) as RefreshStoredOptions;
  const fault = targetFault(store);
  if (fault) throw invalidOptionError(store, `store ${fault}`);
  if (!isTexts(at)) throw invalidOptionError(store, "at must be a list of keys");
  if (locks !== undefined && !(isTexts(locks) && locks.every((target) => !targetFault(target)))) {
    throw invalidOptionError(store, "locks must be a list of targets");
  }
  const isDirectory = intents === undefined || (typeof intents === "string" && intents !== "");
  if (!isDirectory) throw invalidOptionError(store, "intents must be a directory");
  const plan = planOf(store, options, (credential) => isCurrent(credential));
  return new RefreshCall(new JsonGround(absoluteTarget(store), at, locks, intents), plan).run();
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

class JsonGround implements Ground {
  readonly name: string;
  readonly #aim: Aim;

  constructor(store: string, at: readonly string[], locks: readonly string[] | undefined, intents: string | undefined) {
    this.name = store;
    this.#aim = new JsonAim(store, at, locksWith(store, (locks ?? []).map(absoluteTarget)), intents ?? dirname(store));
  }

  async aim(): Promise<Aim> {
    return this.#aim;
  }
}

function locksWith(store: string, locks: readonly string[]): readonly string[] {
  const own = lockPathOf(store);
  return locks.some((target) => lockPathOf(target) === own) ? locks : [...locks, store];
}

// A missing directory is told by whoever needs it.
function lockPathOf(target: string): string {
  try {
    return pathsOf(target).lockPath;
  } catch {
    return `${target}.lock`;
  }
}
