// The entry point `@openclaw/lock-helpers/tools`: for programs that look after locks, such as a command line. It works on
// the paths of locks, guards and markers, not on targets.

export { FileLockError, type FileLockErrorCode, isFileLockError, type LockHolder } from "./errors.js";
export { printable, shellWord } from "./escape.js";
export { VERSION } from "./generated/constants.js";
export type { InspectedPayload, Inspection } from "./inspection.js";
export {
  type InspectLockOptions,
  inspectLock,
  lockPathOf,
  openInspection,
  type Removal,
  type SweepLeftoversOptions,
  type SweepLockOptions,
  sweepLeftovers,
  sweepLock,
} from "./maintenance.js";
export { classifyName, type NameKind } from "./names.js";
export type { InspectionSession } from "./session.js";
export type { Evidence, Judgement, Verdict } from "./verdict.js";
