import {
  type BigIntStats,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  lstatSync,
  openSync,
} from "node:fs";
import { dirname } from "node:path";
import { FileClock } from "../clock.js";
import { closeQuietly, writeAll } from "../descriptor.js";
import { errnoOf } from "../errors.js";
import { STORE_TOUCH_MS } from "../generated/constants.js";
import { newToken, storeTemporaryPath } from "../paths.js";
import { discard, disown, type Owned, own } from "../shared.js";
import { ownerNotKept, storeFailure } from "./failures.js";

const FLAGS = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);
const FILLER = 0x23;
const CHUNK = 65_536;

/** A file beside a store that is to become that store (STORE-7). Never readable by others before it has the store's mode. */
export class Temporary {
  readonly #target: string;
  #old: BigIntStats | undefined;
  #owned: Owned;
  #fd: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param old the file whose owner and mode it takes; undefined for a new store. */
  constructor(target: string, old: BigIntStats | undefined) {
    this.#target = target;
    this.#old = old;
    [this.#owned, this.#fd] = this.#make();
  }

  get path(): string {
    return this.#owned.path;
  }

  #make(): [Owned, number] {
    return calling(this.#target, () => {
      const owned = own(storeTemporaryPath(dirname(this.#target), newToken()), undefined);
      let fd: number | undefined;
      try {
        fd = openSync(owned.path, FLAGS, 0o600);
        takeAfter(fd, this.#old, this.#target);
        return [owned, fd];
      } catch (error) {
        if (fd !== undefined) closeQuietly(fd);
        discard(owned);
        throw error;
      }
    });
  }

  /** Reserves room, and keeps the file from being swept until it is wanted (REFRESH-6, STORE-10). */
  reserve(size: number): void {
    calling(this.#target, () => {
      const chunk = Buffer.alloc(CHUNK, FILLER);
      for (let written = 0; written < size; ) {
        const length = Math.min(CHUNK, size - written);
        writeAll(this.#fd, chunk.subarray(0, length), written);
        written += length;
      }
      fsyncSync(this.#fd);
    });
    this.#timer = setInterval(() => this.#touch(), STORE_TOUCH_MS);
    this.#timer.unref();
  }

  #touch(): void {
    try {
      const now = new FileClock(dirname(this.#target)).now() / 1000;
      futimesSync(this.#fd, now, now);
    } catch {
      // Swept, it is made anew.
    }
  }

  /** Writes all, over what it has reserved, and syncs. Owner and mode are taken anew, where they have changed since. */
  write(bytes: Buffer, old: BigIntStats | undefined): void {
    this.#old = old;
    calling(this.#target, () => {
      if (this.#isThere()) takeAfter(this.#fd, old, this.#target);
      else {
        this.discard();
        [this.#owned, this.#fd] = this.#make();
      }
      writeAll(this.#fd, bytes, 0);
      ftruncateSync(this.#fd, bytes.length);
      fsyncSync(this.#fd);
    });
  }

  #isThere(): boolean {
    const there = lstatSync(this.path, { bigint: true, throwIfNoEntry: false });
    const ours = fstatSync(this.#fd, { bigint: true });
    return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
  }

  /** Its name is the store's now. */
  leave(): void {
    disown(this.#owned);
    this.#end();
  }

  /** Removes it, now or at the next chance. Never throws. */
  discard(): void {
    discard(this.#owned);
    this.#end();
  }

  #end(): void {
    clearInterval(this.#timer);
    if (this.#fd >= 0) closeQuietly(this.#fd);
    this.#fd = -1;
  }
}

// The owner first: a change of owner clears bits of the mode.
function takeAfter(fd: number, old: BigIntStats | undefined, target: string): void {
  if (process.platform === "win32") return;
  const made = fstatSync(fd, { bigint: true });
  if (old && (made.uid !== old.uid || made.gid !== old.gid)) {
    try {
      fchownSync(fd, Number(old.uid), Number(old.gid));
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      throw ownerNotKept(target);
    }
  }
  // A umask may have taken the owner's own rights from a new one.
  const mode = old ? Number(old.mode) & 0o7777 : 0o600;
  if ((Number(fstatSync(fd, { bigint: true }).mode) & 0o7777) !== mode) fchmodSync(fd, mode);
}

function calling<T>(target: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw storeFailure(error, target);
  }
}
