import { basename } from "node:path";
import { printable } from "@openclaw/lock-helpers/tools";
import { dependencyLock } from "../find/others.js";
import { UsageError } from "../usage-error.js";

/** Refuses the lock in the place of the file: to lock that would protect nothing, and nobody would notice. */
export function checkTarget(target: string): void {
  const match = /^(.+)\.lock(?:\.reclaim)?$/s.exec(target);
  if (!match || dependencyLock(basename(target))) return;
  throw new UsageError(`${printable(target)} is a lock: give the file that it guards, ${printable(match[1]!)}`);
}
