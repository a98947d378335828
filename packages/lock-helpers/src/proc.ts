import type { Descriptor, Identity, System } from "./system.js";

/** The lines of a `/proc/<pid>/status` that a verdict needs; undefined where the kernel does not print them. */
export interface Status {
  readonly state: string | undefined;
  readonly threads: number | undefined;
  readonly tgid: number | undefined;
  readonly innermostPid: number | undefined;
  /** How many PID namespaces it has a number in, from that of this `/proc` down. */
  readonly depth: number | undefined;
}

/** The initial PID namespace: only from there are all processes of the machine seen. */
const INITIAL_PID_NAMESPACE = "pid:[4026531836]";

/** Whether `/proc` may be believed (VERDICT-5): it is ours and shows every process; `hidepid` shows a handful. */
export function isProcUsable(system: System): boolean {
  if (!isProcOurs(system)) return false;
  try {
    system.readFile("/proc/1/stat");
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether the numbers in `/proc` mean the processes that they mean to us. A namespace without its own `/proc` shows that
 * of a namespace around it, where now and then our own number is the one that we have here.
 */
export function isProcOurs(system: System): boolean {
  if (system.platform !== "linux") return false;
  try {
    if (system.readLink("/proc/self") !== String(system.self().pid)) return false;
    return (readStatus(system, system.self().pid).depth ?? 1) === 1;
  } catch {
    return false;
  }
}

/** `stat` packs major and minor into one number; `/proc/locks` prints them apart. */
export function deviceNumbers(dev: string): { readonly major: bigint; readonly minor: bigint } {
  const packed = BigInt(dev);
  return {
    major: ((packed >> 8n) & 0xfffn) | ((packed >> 32n) & 0xfffff000n),
    minor: (packed & 0xffn) | ((packed >> 12n) & 0xffffff00n),
  };
}

export function isInitialNamespace(identity: Pick<Identity, "pidNamespace">): boolean {
  return identity.pidNamespace === INITIAL_PID_NAMESPACE;
}

/** Throws when the process's status cannot be read. */
export function readStatus(system: System, pid: number): Status {
  const lines = new Map<string, string>();
  for (const line of system.readFile(`/proc/${pid}/status`).split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) lines.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const numbers = lines.get("NSpid")?.split(/\s+/);
  return {
    state: lines.get("State")?.[0],
    threads: wholeNumber(lines.get("Threads")),
    tgid: wholeNumber(lines.get("Tgid")),
    innermostPid: wholeNumber(numbers?.at(-1)),
    depth: numbers?.length,
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Dead and not reaped. A leader that has ended while its threads run on is alive. */
export function isZombie(status: Status): boolean {
  if (status.state !== "Z" && status.state !== "X") return false;
  return status.threads !== undefined && status.threads <= 1;
}

/** Clock ticks since boot, in the time namespace that we are in; undefined when unreadable. */
export function uptimeTicks(system: System): number | undefined {
  try {
    const seconds = /^([0-9]+)\.([0-9]{2})/.exec(system.readFile("/proc/uptime"));
    return seconds ? Number(seconds[1]) * 100 + Number(seconds[2]) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the list holds the file. One match is enough; to say no, every entry must have been looked at. */
export function findOpen(
  list: readonly (Descriptor | undefined)[],
  file: Descriptor,
): "open" | "absent" | "unreadable" {
  if (list.some((entry) => entry?.dev === file.dev && entry.ino === file.ino)) return "open";
  return list.includes(undefined) ? "unreadable" : "absent";
}

/** The process, or what was read of it, is no more: no evidence is missing, there is none. */
export function hasVanished(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ESRCH";
}
