export {
  type AcquiredOrAdopted,
  type AcquireOrAdoptOptions,
  acquireOrAdopt,
  acquireOrAdoptSync,
  type TryAdopt,
} from "./adopt.js";
export {
  FileLockError,
  type FileLockErrorCode,
  type FileLockErrorDetails,
  FileLockForeignError,
  FileLockGuardOrphanedError,
  FileLockInvalidOptionError,
  FileLockIoError,
  FileLockLostError,
  FileLockPermissionError,
  FileLockReentrantError,
  FileLockStaleError,
  FileLockTimeoutError,
  FileLockUnsupportedError,
  getReleaseError,
  isFileLockError,
  type KernelLock,
  type LockHolder,
} from "./errors.js";
export type { FileLock } from "./file-lock.js";
export { VERSION } from "./generated/constants.js";
export type { LockPayload } from "./generated/payload.js";
export {
  acquireFileLock,
  acquireFileLockSync,
  inspectFileLock,
  type LockState,
  withFileLock,
  withFileLockSync,
} from "./lock.js";
export type { FileLockOptions, RetryOptions, WaitEvent, WitnessPolicy } from "./options.js";
export { type EndSignal, type ReleaseOnSignalsOptions, releaseOnSignals, type SignalRelease } from "./signals.js";
export type { Verdict } from "./verdict.js";
