import { statSync } from "node:fs";
import { resolve } from "node:path";
import { acquireUnless } from "./acquire.js";
import type { Request } from "./attempt.js";
import { monotonic } from "./clock.js";
import { errnoOf, isFileLockError } from "./errors.js";
import type { FileLock } from "./file-lock.js";
import type { HeldLock } from "./held.js";
import { asFileLock, type Checked, check, locate } from "./lock.js";
import { invalidOptionError } from "./messages.js";
import type { FileLockOptions } from "./options.js";
import { runAsync, runSync, type Steps } from "./wait.js";

/** Looks at the store, without a lock; undefined or null: nothing there to be adopted. */
export type TryAdopt<T> = () => T | undefined | null | PromiseLike<T | undefined | null>;

export interface AcquireOrAdoptOptions<T> extends FileLockOptions {
  /** Never called while the lock is held, nor twice at a time. What it throws ends the wait. */
  readonly tryAdopt: TryAdopt<T>;
  /** Paths of which a change makes it worth looking. Default: the target itself. */
  readonly watch?: readonly string[] | undefined;
}

/** Either what somebody else has done, or the lock, to do it yourself. */
export type AcquiredOrAdopted<T> =
  | { readonly adopted: true; readonly value: T; readonly lock?: undefined }
  | { readonly adopted: false; readonly lock: FileLock; readonly value?: undefined };

/**
 * Takes the lock of a file, unless what it is wanted for has been done by somebody else meanwhile (ADOPT-1 to ADOPT-5).
 * `tryAdopt` is asked first of all, when the lock turns out to be taken, at every change of a watched path, at least once
 * a second, and once more before the wait ends in a refusal: what it returns then wins.
 *
 * @returns the lock, which says nothing about the store: read that again, inside; or what `tryAdopt` returned.
 * @throws as `acquireFileLock`, and what `tryAdopt` throws.
 */
export async function acquireOrAdopt<T>(
  target: string,
  options: AcquireOrAdoptOptions<T>,
): Promise<AcquiredOrAdopted<T>> {
  const { checked, adopter } = begin(target, options, false);
  return resultOf(await runAsync(adoptSteps(checked, adopter), checked.settings.signal));
}

/** As `acquireOrAdopt`, but blocks the thread while it waits; `tryAdopt` must not return a promise. */
export function acquireOrAdoptSync<T>(target: string, options: AcquireOrAdoptOptions<T>): AcquiredOrAdopted<T> {
  const { checked, adopter } = begin(target, options, true);
  return resultOf(runSync(adoptSteps(checked, adopter)));
}

function begin<T>(target: string, options: AcquireOrAdoptOptions<T>, isSync: boolean) {
  const checked = check(target, options, isSync);
  const { tryAdopt, watch = [checked.target] } = options ?? {};
  if (typeof tryAdopt !== "function") throw invalidOptionError(target, "tryAdopt must be a function");
  const arePaths = Array.isArray(watch) && watch.every((path) => typeof path === "string" && path !== "");
  if (!arePaths) throw invalidOptionError(target, "watch must be a list of paths");
  const refuse = () => invalidOptionError(target, "tryAdopt must not return a promise in the synchronous form");
  return { checked, adopter: new Adopter(tryAdopt, watch, isSync ? refuse : undefined) };
}

function resultOf<T>(got: HeldLock | Adopted<T>): AcquiredOrAdopted<T> {
  return "value" in got ? { adopted: true, value: got.value } : { adopted: false, lock: asFileLock(got) };
}

/** @internal */
export interface Adopted<T> {
  readonly value: T;
}

/** @internal */
export function* adoptSteps<T>(checked: Checked, adopter: Adopter<T>): Steps<HeldLock | Adopted<T>> {
  return (yield* adopter.ask()) ?? (yield* acquireOrAdoptSteps(() => locate(checked), adopter));
}

/** @internal As `adoptSteps`, without the look before anything else. */
export function* acquireOrAdoptSteps<T>(request: () => Request, adopter: Adopter<T>): Steps<HeldLock | Adopted<T>> {
  let adopted: Adopted<T> | undefined;
  let isFirst = true;
  try {
    const lock = yield* acquireUnless(request(), function* () {
      adopted = isFirst || adopter.isDue() ? yield* adopter.ask() : undefined;
      isFirst = false;
      return adopted !== undefined;
    });
    return lock ?? adopted!;
  } catch (error) {
    if (!isFileLockError(error) || adopter.hasFailed) throw error;
    const late = yield* adopter.ask();
    if (late) return late;
    throw error;
  }
}

const ASK_EVERY_MS = 1000;

/** @internal Asks `tryAdopt`, and knows when there is reason to. */
export class Adopter<T> {
  /** `tryAdopt` has thrown. */
  hasFailed = false;
  readonly #tryAdopt: TryAdopt<T>;
  readonly #watched: readonly string[];
  readonly #refusePromise: (() => unknown) | undefined;
  #seen = "";
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(tryAdopt: TryAdopt<T>, watched: readonly string[], refusePromise?: () => unknown) {
    this.#tryAdopt = tryAdopt;
    this.#watched = watched.map((path) => resolve(path));
    this.#refusePromise = refusePromise;
  }

  /** ADOPT-3. */
  isDue(): boolean {
    return monotonic() - this.#askedAt >= ASK_EVERY_MS || this.#seen !== appearance(this.#watched);
  }

  *ask(): Steps<Adopted<T> | undefined> {
    // Before the asking: what changes while `tryAdopt` reads is a change since.
    this.#seen = appearance(this.#watched);
    this.#askedAt = monotonic();
    let value: T | undefined | null;
    let failure: { readonly error: unknown } | undefined;
    const fail = (error: unknown) => {
      failure = { error };
    };
    yield {
      run: () => {
        try {
          const given = this.#tryAdopt();
          if (!isPromise(given)) {
            value = given;
            return undefined;
          }
          if (this.#refusePromise) throw this.#refusePromise();
          return given.then((found) => {
            value = found;
          }, fail);
        } catch (error) {
          return fail(error);
        }
      },
    };
    if (failure) {
      this.hasFailed = true;
      throw (failure as { readonly error: unknown }).error;
    }
    return value === undefined || value === null ? undefined : { value };
  }
}

function isPromise<T>(given: T | PromiseLike<T>): given is PromiseLike<T> {
  return typeof (given as PromiseLike<T> | undefined | null)?.then === "function";
}

// What differs when a file has been written, replaced, made or removed.
function appearance(paths: readonly string[]): string {
  return paths.map(appearanceOf).join("\n");
}

function appearanceOf(path: string): string {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stat ? `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}` : "";
  } catch (error) {
    return errnoOf(error) ?? "unreadable";
  }
}
