import { readFileSync } from "node:fs";

/** What OpenClaw asks about a process, in the way it asks. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/**
 * A zombie is dead to OpenClaw. From 2026.9.3 on only when it has one thread left: a leader that exited while its
 * threads work on is alive.
 */
export function isZombie(pid: number, countsThreads: boolean): boolean {
  const status = read(`/proc/${pid}/status`);
  if (status === undefined || !/^State:\s*Z/m.test(status)) return false;
  return !countsThreads || /^Threads:\s*1$/m.test(status);
}

/** Start time in clock ticks since boot; fields are counted after the last `)`, since a name may hold brackets. */
export function startTicks(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat
    .slice(stat.lastIndexOf(")") + 1)
    .trim()
    .split(/\s+/);
  const ticks = Number(fields[19]);
  return Number.isInteger(ticks) && ticks >= 0 ? ticks : undefined;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
