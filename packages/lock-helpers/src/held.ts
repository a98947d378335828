import { monotonic } from "./clock.js";
import type { FileLockError } from "./errors.js";
import { noteRelease } from "./fairness.js";
import type { FileLockMembers } from "./file-lock.js";
import { startHeartbeat } from "./heartbeat.js";
import { type Call, lostError, signalledError, systemError } from "./messages.js";
import { compare, unlinkIfThere } from "./ownership.js";
import { point } from "./points.js";
import { type Releasable, retryAbandoned, shared } from "./shared.js";
import { forget, type Publication, withdraw } from "./sidecar.js";

/** The lock as this library holds it. */
export class HeldLock implements FileLockMembers, Releasable {
  readonly target: string;
  readonly lockPath: string;
  readonly token: string;
  /** Bare name of the witness that the lock names. */
  readonly witness: string | undefined;
  readonly waitedMs: number;
  readonly #publication: Publication;
  readonly #call: Call;
  readonly #heldSince = monotonic();
  readonly #hasWaited: boolean;
  readonly #stopHeartbeat: () => void;
  #isReleased = false;
  #loss: FileLockError | undefined;
  #controller: AbortController | undefined;

  constructor(publication: Publication, call: Call, heartbeatMs: number | undefined, hasWaited: boolean) {
    this.target = call.target;
    this.lockPath = call.lockPath;
    this.token = publication.token;
    this.witness = publication.owned.witness?.name;
    this.waitedMs = call.waitedMs();
    this.#publication = publication;
    this.#call = { ...call, waitedMs: () => this.waitedMs };
    this.#hasWaited = hasWaited;
    this.#stopHeartbeat = startHeartbeat(publication, heartbeatMs, () => this.#lose());
    shared.held.add(this);
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#loss) this.#controller.abort(this.#loss);
    }
    return this.#controller.signal;
  }

  /** Neither released nor known to be lost. */
  get isHeld(): boolean {
    return !this.#isReleased && this.#loss === undefined;
  }

  verify(): boolean {
    if (this.#isReleased) return false;
    try {
      return compare(this.#publication.path, this.#publication.bytes) === "ours";
    } catch {
      return false;
    }
  }

  async release(): Promise<void> {
    this.releaseSync();
  }

  releaseSync(): void {
    if (this.#isReleased) return;
    try {
      this.#remove();
    } catch (error) {
      throw systemError(this.#call, error, this.lockPath);
    } finally {
      retryAbandoned();
    }
  }

  /**
   * As `releaseSync`, where nobody can try again: what cannot be removed now is no longer kept alive, and is removed as
   * soon as that can be done.
   */
  finish(): void {
    try {
      this.releaseSync();
    } catch (error) {
      if (!this.#isReleased) {
        this.#leave();
        withdraw(this.#publication);
      }
      throw error;
    }
  }

  /** As `releaseSync`, while the guarded work may still go on, if the program does: that is told (RELEASE-10). */
  releaseOn(signal: string): void {
    if (this.#isReleased) return;
    this.#remove();
    this.#lose(signalledError(this.#call, signal));
  }

  #remove(): void {
    const { path, bytes } = this.#publication;
    if (compare(path, bytes) !== "ours") throw this.#endLost();
    point("release:compared");
    // Gone in between: it was ours when the guarded work was over, so nothing was unprotected.
    unlinkIfThere(path);
    point("release:unlinked");
    this.#end();
    noteRelease(this.lockPath, this.#hasWaited, this.#heldSince);
  }

  #end(): void {
    this.#leave();
    forget(this.#publication);
  }

  #leave(): void {
    this.#isReleased = true;
    shared.held.delete(this);
    this.#stopHeartbeat();
  }

  #endLost(): FileLockError {
    const error = this.#lose();
    this.#end();
    return error;
  }

  #lose(loss = lostError(this.#call)): FileLockError {
    if (!this.#loss) {
      this.#loss = loss;
      this.#controller?.abort(this.#loss);
    }
    return this.#loss;
  }
}

// Symbols that the runtime may lack: where they exist, they are what `using` calls.
const { dispose, asyncDispose } = Symbol as { dispose?: symbol; asyncDispose?: symbol };
if (dispose) Object.defineProperty(HeldLock.prototype, dispose, { value: HeldLock.prototype.finish });
if (asyncDispose) {
  const finish = async function (this: HeldLock) {
    this.finish();
  };
  Object.defineProperty(HeldLock.prototype, asyncDispose, { value: finish });
}
