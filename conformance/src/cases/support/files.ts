import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CaseContext, Held } from "../../engine/case.js";

export const lockOf = (target: string): string => `${target}.lock`;
export const guardOf = (target: string): string => `${target}.lock.reclaim`;

/** Any object at all: a dangling link counts. */
export const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** The text of a file that may come and go meanwhile. */
export function bytesOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "(nothing)";
    throw error;
  }
}

/**
 * Names in the target's directory that belong to its lock, or to a lock that is about to be. A witness belongs to its process,
 * which may keep it.
 */
export function traces(target: string): string[] {
  const lock = basename(lockOf(target));
  const names = readdirSync(dirname(target)).sort();
  return names.filter((name) => name.startsWith(lock) || (name.startsWith(".openclaw-lock-") && !isWitnessName(name)));
}

export const isWitnessName = (name: string): boolean => /^\.openclaw-lock-[0-9a-f]{16}\.sock$/.test(name);

/** Names of the candidates and of whatever else is about to be, in the target's directory. */
export function candidates(target: string): string[] {
  return readdirSync(dirname(target)).filter((name) => name.startsWith(".openclaw-lock-") && !isWitnessName(name));
}

/** Replaces a file in one step, so that nobody ever reads a part; the old inode goes. */
export function replaceFile(path: string, content: string): void {
  const fresh = join(dirname(path), `.fresh-${basename(path)}`);
  writeFileSync(fresh, content);
  renameSync(fresh, path);
}

/** Takes a held lock away from its holder, as a cleaner or an operator would. */
export function takeAway(context: CaseContext, held: Held): void {
  context.referee.forfeit(held);
  rmSync(held.lockPath);
}

/** The descriptors under which a process has this very file open. */
export function descriptorsOn(pid: number, path: string): string[] {
  const file = lstatSync(path, { bigint: true });
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).filter((descriptor) => {
    // What a descriptor stands for can be looked at through it, also after the name is gone.
    const open = statSync(join(directory, descriptor), { bigint: true, throwIfNoEntry: false });
    return open?.dev === file.dev && open.ino === file.ino;
  });
}

/** Whether the descriptor is closed when its process runs another program. */
export function closesAtExec(pid: number, descriptor: string): boolean {
  const info = readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, "utf8");
  const flags = /^flags:\s*(\d+)$/m.exec(info)?.[1] ?? "0";
  return (Number.parseInt(flags, 8) & 0o2000000) !== 0;
}
