import { type BigIntStats, lstatSync, statSync } from "node:fs";
import { commandOf } from "./command.js";
import type { KernelLock, KernelLockType } from "./errors.js";
import { deviceNumbers, findOpen, isProcOurs } from "./proc.js";
import type { Descriptor, System } from "./system.js";

/** A line of `/proc/locks`. */
export interface KernelLockLine {
  readonly type: KernelLockType;
  readonly access: "READ" | "WRITE";
  /** Null: the kernel does not say, or it is in another namespace. */
  readonly pid: number | null;
}

export interface FileNumbers {
  readonly major: bigint;
  readonly minor: bigint;
  /** Decimal. */
  readonly inode: string;
}

const TYPES: Readonly<Record<string, KernelLockType>> = { FLOCK: "flock", POSIX: "fcntl", OFDLCK: "ofd" };
const LINE =
  /^[0-9]+: +([A-Z]+) +\S+ +(READ|WRITE) +(-?[0-9]+) +([0-9a-f]+):([0-9a-f]+):([0-9]+) +[0-9]+ +(?:[0-9]+|EOF) *$/;

/** The locks that a text like `/proc/locks` has on one file, in its order (FOREIGN-3). */
export function parseKernelLocks(table: string, { major, minor, inode }: FileNumbers): KernelLockLine[] {
  const found = new Map<string, KernelLockLine>();
  for (const line of table.split("\n")) {
    const [, name, access, said, ...numbers] = LINE.exec(line) ?? [];
    const type = name === undefined || !Object.hasOwn(TYPES, name) ? undefined : TYPES[name];
    if (!type || numbers[2] !== inode) continue;
    if (BigInt(`0x${numbers[0]}`) !== major || BigInt(`0x${numbers[1]}`) !== minor) continue;
    const pid = Number(said) > 0 ? Number(said) : null;
    found.set(`${type} ${access} ${pid}`, { type, access: access as "READ" | "WRITE", pid });
  }
  return [...found.values()];
}

/** Who holds which lock on the lock file, then on the target. What cannot be read says nothing. */
export function kernelLocksOf(lockPath: string, target: string, system: System): readonly KernelLock[] {
  // A program that locks a link to the target locks the target.
  return [...locksOn("lock", lockPath, lstatSync, system), ...locksOn("target", target, statSync, system)];
}

type Stat = (path: string, options: { bigint: true; throwIfNoEntry: false }) => BigIntStats | undefined;

function locksOn(on: KernelLock["on"], path: string, stat: Stat, system: System): KernelLock[] {
  try {
    const found = stat(path, { bigint: true, throwIfNoEntry: false });
    if (!found) return [];
    const file = { dev: String(found.dev), ino: String(BigInt.asUintN(64, found.ino)) };
    return linesOn(file, system).map((line) => {
      const { type, access } = line;
      const pid = ownerOf(line, { dev: file.dev, ino: String(found.ino) }, system);
      const command = pid === undefined ? undefined : commandOf(pid, system);
      return { on, type, access, ...(pid !== undefined && { pid }), ...(command !== undefined && { command }) };
    });
  } catch {
    return [];
  }
}

/** The types of the locks on a file; none where they cannot be read. */
export function kernelLockTypes(file: Descriptor, system: System): KernelLockType[] {
  try {
    return linesOn(file, system).map(({ type }) => type);
  } catch {
    return [];
  }
}

function linesOn({ dev, ino }: Descriptor, system: System): KernelLockLine[] {
  if (system.platform !== "linux") return [];
  return parseKernelLocks(system.readFile("/proc/locks"), { ...deviceNumbers(dev), inode: ino });
}

// Where the kernel does not say whose it is, or names a process that has ended (a shell goes on with what flock(1) has
// locked for it), it is whoever alone has the file open.
function ownerOf({ type, pid }: KernelLockLine, file: Descriptor, system: System): number | undefined {
  if (!isProcOurs(system)) return undefined;
  if (pid !== null && type !== "ofd" && system.signal(pid) !== "ESRCH") return pid;
  const users = system.processes().filter((candidate) => hasOpen(candidate, file, system));
  return users.length === 1 ? users[0] : undefined;
}

function hasOpen(pid: number, file: Descriptor, system: System): boolean {
  try {
    return findOpen(system.descriptors(pid), file) === "open";
  } catch {
    return false;
  }
}
