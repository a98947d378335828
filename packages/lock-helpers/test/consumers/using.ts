import { acquireFileLock, acquireFileLockSync } from "@openclaw/lock-helpers";

export async function use(target: string): Promise<boolean> {
  await using lock = await acquireFileLock(target);
  using other = acquireFileLockSync(`${target}2`);
  return lock.verify() && other.verify();
}
