import type { FileLockError, FileLockErrorCode } from "@openclaw/lock-helpers";
import { EXIT, type ExitStatus } from "../exit-codes.js";

const STATUSES: Readonly<Record<FileLockErrorCode, ExitStatus>> = {
  file_lock_timeout: EXIT.busy,
  file_lock_stale: EXIT.busy,
  file_lock_reentrant: EXIT.busy,
  file_lock_foreign: EXIT.blocked,
  file_lock_guard_orphaned: EXIT.blocked,
  file_lock_lost: EXIT.lost,
  file_lock_permission: EXIT.permission,
  file_lock_unsupported: EXIT.io,
  file_lock_invalid_option: EXIT.usage,
  file_lock_io: EXIT.io,
};

export interface Refusal {
  readonly sentence: string;
  readonly nextStep: string;
  readonly status: ExitStatus;
}

/** A lock's error in the words of the command line. */
export function refusalOf(error: FileLockError): Refusal {
  const tail = `; ${error.hint}`;
  const { message } = error;
  const sentence = message.endsWith(tail) ? message.slice(0, -tail.length) : message;
  return { sentence, nextStep: nextStep(error), status: STATUSES[error.code] ?? EXIT.io };
}

// The library's hints name its options; here they have other names.
function nextStep(error: FileLockError): string {
  return error.hint
    .replace("(timeoutMs)", "(--timeout)")
    .replace("(or createParent: true)", "(or --create-parent)")
    .replace("set OPENCLAW_LOCKS_TRUST_PIDS=1", "add --trust-pids");
}
