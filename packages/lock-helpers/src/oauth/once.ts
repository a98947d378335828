import { dirname } from "node:path";
import type { FileLock } from "../file-lock.js";
import { asFileLock } from "../lock.js";
import { invalidOptionError } from "../messages.js";
import { absoluteTarget, targetFault } from "../paths.js";
import { storeNotLocked } from "../store/failures.js";
import type { HeldStoreLock } from "../store/types.js";
import { RefreshCall } from "./call.js";
import { type Credential, isCurrent } from "./credential.js";
import type { RefreshResult } from "./errors.js";
import { generationOf } from "./generation.js";
import type { Aim, Ground, Reserve, Saved, Saving } from "./ground.js";
import { planOf, type RefreshOptions } from "./options.js";
import { unavailable } from "./outcomes.js";

type Maybe<T> = T | PromiseLike<T>;

export interface RefreshOnceOptions extends RefreshOptions {
  /** Targets of the locks, in the order in which everybody takes them. */
  readonly locks: readonly string[];
  /** Reads the credential from wherever it is, with and without the locks. Nothing: there is none. */
  readonly read: () => Maybe<Credential | undefined | null>;
  /** Saves it there, under the locks. Whatever it throws, nothing may have been changed then. */
  readonly save: (credential: Credential, held: { readonly locks: readonly FileLock[] }) => Maybe<void>;
  /** Directory of the intents, the same for everybody who may refresh this login. Default: that of the first lock. */
  readonly intents?: string | undefined;
  /** Paths of which a change makes it worth reading again. Default: the targets. */
  readonly watch?: readonly string[] | undefined;
  /** Makes sure that the result can be saved, before anything is sent. What it throws ends the call. */
  readonly prepare?: (() => Maybe<void>) | undefined;
}

/**
 * As `refreshStored`, for a store that is the caller's own affair. What is said there of saving holds as far as `save` does:
 * no room is reserved for it, and that it can succeed only `prepare` can make sure.
 */
export async function refreshOnce(options: RefreshOnceOptions): Promise<RefreshResult> {
  const { locks, read, save, intents, watch } = Object(options) as RefreshOnceOptions;
  const [first] = Array.isArray(locks) ? locks : [];
  const areTargets = first !== undefined && locks.every((target) => !targetFault(target));
  if (!areTargets) throw invalidOptionError("", "locks must be a list of at least one target");
  const areFunctions = typeof read === "function" && typeof save === "function";
  if (!areFunctions) throw invalidOptionError(first, "read and save must be functions");
  const isDirectory = intents === undefined || (typeof intents === "string" && intents !== "");
  if (!isDirectory) throw invalidOptionError(first, "intents must be a directory");
  const arePaths = watch === undefined || (Array.isArray(watch) && watch.every((path) => typeof path === "string"));
  if (!arePaths) throw invalidOptionError(first, "watch must be a list of paths");
  const plan = planOf(first, options, (credential) => isCurrent(credential));
  return new RefreshCall(new OwnGround(options), plan).run();
}

class OwnGround implements Ground, Aim {
  readonly name: string;
  readonly locks: readonly string[];
  readonly intents: string;
  readonly watch: readonly string[];
  readonly #options: RefreshOnceOptions;

  constructor(options: RefreshOnceOptions) {
    const targets = options.locks.map(absoluteTarget);
    this.name = targets[0]!;
    this.locks = targets;
    this.intents = options.intents ?? dirname(this.name);
    this.watch = options.watch ?? targets;
    this.#options = options;
  }

  async aim(): Promise<Aim> {
    return this;
  }

  async read(): Promise<Credential> {
    const credential = await this.#options.read();
    if (!credential) throw unavailable(this.name, "there is no credential");
    return credential;
  }

  reread(): Promise<Credential> {
    return this.read();
  }

  async reserve(): Promise<Reserve> {
    await this.#options.prepare?.();
    return { discard: () => {} };
  }

  async save({ changes, sent, locks }: Saving): Promise<Saved> {
    const stored = await this.#options.read();
    if (!stored || generationOf(stored) !== sent) return { isSaved: false, credential: stored ?? undefined };
    if (!locks.every((lock) => lock.verify())) throw storeNotLocked(this.name, "is no longer locked by us");
    const credential = { ...stored, ...changes };
    await this.#options.save(credential, { locks: locks.map(asLock) });
    return { isSaved: true, credential };
  }
}

const asLock = (lock: HeldStoreLock) => asFileLock(lock as never);
