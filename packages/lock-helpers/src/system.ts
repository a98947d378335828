import { spawnSync } from "node:child_process";
import { readdirSync, readlinkSync, statSync } from "node:fs";
import { readText } from "./descriptor.js";

/** Who a process is, and where its numbers are valid. What cannot be known is left out. */
export interface Identity {
  readonly pid: number;
  readonly starttime?: number | undefined;
  readonly bootId?: string | undefined;
  readonly pidNamespace?: string | undefined;
  readonly timeNamespace?: string | undefined;
}

/** An open file, as `stat` names it: device and inode in decimal. */
export interface Descriptor {
  readonly dev: string;
  readonly ino: string;
}

/**
 * All that observation asks of the machine, narrow enough to be faked from data (spec/vectors/README.md). Methods throw
 * as the system call does, with an errno in `code`.
 */
export interface System {
  /** Node's name of the platform. */
  readonly platform: string;
  self(): Identity;
  /** Wall clock, epoch milliseconds. */
  now(): number;
  readFile(path: string): string;
  readLink(path: string): string;
  /** Every process that `/proc` shows. */
  processes(): number[];
  /** The open files of a process, of ourselves for `self`; undefined stands for one that could not be looked at. */
  descriptors(pid: number | "self"): (Descriptor | undefined)[];
  /** The outcome of signal 0: `ok`, or the errno. */
  signal(pid: number): string;
  /** The platform's own answer where there is no `/proc`, in OpenClaw's unit (PAYLOAD-2); undefined: unknown. */
  startTime(pid: number): number | undefined;
}

export function createNodeSystem(self: () => Identity): System {
  return {
    platform: process.platform,
    self,
    now: Date.now,
    readFile: readText,
    readLink: (path) => readlinkSync(path),
    processes: () => readdirSync("/proc").filter(isNumber).map(Number),
    descriptors: listDescriptors,
    signal: signalZero,
    startTime: platformStartTime,
  };
}

function isNumber(name: string): boolean {
  return /^[0-9]+$/.test(name);
}

function listDescriptors(pid: number | "self"): (Descriptor | undefined)[] {
  const directory = `/proc/${pid}/fd`;
  const open: (Descriptor | undefined)[] = [];
  for (const name of readdirSync(directory)) {
    try {
      const { dev, ino } = statSync(`${directory}/${name}`, { bigint: true });
      open.push({ dev: String(dev), ino: String(ino) });
    } catch (error) {
      // Closed by now (our own reading of the directory is one of these): not open, so no evidence is missing.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") open.push(undefined);
    }
  }
  return open;
}

function signalZero(pid: number): string {
  try {
    process.kill(pid, 0);
    return "ok";
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

/** macOS only. Windows' is left out: a time in another precision than OpenClaw's would get a live lock stolen. */
export function platformStartTime(pid: number): number | undefined {
  if (process.platform !== "darwin") return undefined;
  const ps = spawnSync("/bin/ps", ["-o", "lstart=", "-p", String(pid)], {
    encoding: "utf8",
    timeout: 1000,
    env: { TZ: "UTC", LC_ALL: "C" },
  });
  const milliseconds = ps.status === 0 ? Date.parse(`${ps.stdout.trim()} UTC`) : Number.NaN;
  return Number.isFinite(milliseconds) ? Math.floor(milliseconds / 1000) : undefined;
}
