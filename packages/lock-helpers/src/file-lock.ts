/** A method under `Symbol.asyncDispose`, for consumers whose TypeScript library knows that symbol. */
export type AsyncDisposer = typeof Symbol extends { readonly asyncDispose: infer S extends symbol }
  ? { readonly [K in S]: () => Promise<void> }
  : unknown;

/** A method under `Symbol.dispose`, for consumers whose TypeScript library knows that symbol. */
export type Disposer = typeof Symbol extends { readonly dispose: infer S extends symbol }
  ? { readonly [K in S]: () => void }
  : unknown;

/** What a lock has in every runtime. */
export interface FileLockMembers {
  /** The guarded file: its parent resolved, a final symbolic link not. */
  readonly target: string;
  /** The sidecar, `<target>.lock`. */
  readonly lockPath: string;
  /** Aborts, once, with a `FileLockLostError` when the lock is found to be lost. Releasing does not abort it. */
  readonly signal: AbortSignal;
  /** Whether the lock path still holds our bytes, now. Ask before each write. */
  verify(): boolean;
  /**
   * Gives the lock back. A second call does nothing.
   *
   * @throws FileLockLostError when it was lost; FileLockPermissionError or FileLockIoError when it could not be
   * removed: it is held still then, and release can be tried again.
   */
  release(): Promise<void>;
  /** As `release`, at once. */
  releaseSync(): void;
}

/** A lock that is held. With `using` or `await using` it is released at the end of the block. */
export type FileLock = FileLockMembers & AsyncDisposer & Disposer;
