import type { CaseContext } from "../../engine/case.js";
import { guardOf, lockOf } from "./files.js";
import { helperLock } from "./payloads.js";
import { deadPid } from "./processes.js";

const dead = () => ({ pid: deadPid(), starttime: 1 });

/** A lock that a helper on this machine left when it was killed. */
export function plantDeadLock(context: CaseContext, target: string): void {
  context.plant(lockOf(target), helperLock(lockOf(target), dead()));
}

/** A guard that a helper left when it was killed in the middle of a reclaim; its bytes. */
export function plantDeadGuard(context: CaseContext, target: string): string {
  const bytes = helperLock(lockOf(target), dead());
  context.plant(guardOf(target), bytes);
  return bytes;
}
