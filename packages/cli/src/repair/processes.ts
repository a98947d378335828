import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";

/** A process that may be OpenClaw, or another program that uses its lock library. */
export interface Suspect {
  readonly pid: number;
  /** As it is called; somebody else's text. */
  readonly command: string;
}

const INITIAL = "pid:[4026531836]";

/** Whether all processes of this machine can be seen: from the initial PID namespace, with a `/proc` that hides none. */
export function seesAll(): boolean {
  try {
    if (readlinkSync("/proc/self") !== String(process.pid)) return false;
    readFileSync("/proc/1/stat");
    return readlinkSync("/proc/self/ns/pid") === INITIAL;
  } catch {
    return false;
  }
}

/** Whether the processes of this PID namespace can be seen. */
export function seesOwn(): boolean {
  try {
    return readlinkSync("/proc/self") === String(process.pid) && readFileSync("/proc/1/stat").length > 0;
  } catch {
    return false;
  }
}

const RUNTIME = /^(?:node|nodejs|bun|deno|electron|(?:node-)?MainThread)$/i;
const NAMED = /openclaw/i;
// This program, and npm on its way to it.
const OURSELVES = /openclaw-locks|@openclaw\/lock-cli/;
/** A clock that was put forward since the guard was made makes a process look younger than it is, by so much at most. */
const SLACK_MS = 10 * 60_000;

/**
 * Who can have made a guard at a time and still be at work under it. Only OpenClaw's lock library makes guards without an
 * owner, and that runs in a JavaScript runtime; what bears OpenClaw's name counts whenever it has begun.
 */
export function suspects(madeAtMs: number): Suspect[] {
  const bootMs = bootTime();
  const here = process.argv[1];
  return pids().flatMap((pid) => {
    if (pid === process.pid) return [];
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
      const comm = readFileSync(`/proc/${pid}/comm`, "utf8").trim();
      const line = words.join(" ");
      // Kernel threads and the dead have no command line.
      if (line === "" || OURSELVES.test(line) || (here !== undefined && words.includes(here))) return [];
      const isNamed = NAMED.test(line) || NAMED.test(comm);
      const isRuntime = RUNTIME.test(comm) || RUNTIME.test(words[0]!.replace(/^.*\//, ""));
      const wasThere = startedAt(pid, bootMs) <= madeAtMs + SLACK_MS;
      return isNamed || (isRuntime && wasThere) ? [{ pid, command: line }] : [];
    } catch {
      return [];
    }
  });
}

/** Who of those that can be seen has a file open. */
export function openers(path: string): Suspect[] {
  const file = statSync(path, { bigint: true });
  return pids().flatMap((pid) => {
    try {
      const isOpen = readdirSync(`/proc/${pid}/fd`).some((fd) => isSame(`/proc/${pid}/fd/${fd}`, file));
      return isOpen ? [{ pid, command: readFileSync(`/proc/${pid}/comm`, "utf8").trim() }] : [];
    } catch {
      return [];
    }
  });
}

function isSame(link: string, { dev, ino }: { readonly dev: bigint; readonly ino: bigint }): boolean {
  try {
    const stat = statSync(link, { bigint: true });
    return stat.dev === dev && stat.ino === ino;
  } catch {
    return false;
  }
}

function pids(): number[] {
  return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

function bootTime(): number {
  return Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1] ?? 0) * 1000;
}

const TICKS_PER_SECOND = 100;

function startedAt(pid: number, bootMs: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  return Number.isFinite(ticks) ? bootMs + (ticks / TICKS_PER_SECOND) * 1000 : 0;
}
