import type { Census } from "./census.js";
import { startTimeOf } from "./identity.js";
import {
  deviceNumbers,
  findOpen,
  hasVanished,
  isInitialNamespace,
  isProcUsable,
  isZombie,
  readStatus,
} from "./proc.js";
import type { Descriptor, System } from "./system.js";
import type { Evidence } from "./verdict.js";

/** What the lock says of its owner, as far as it counts. */
export interface Sought {
  /** In the owner's own PID namespace. */
  readonly pid: number;
  readonly start: number | undefined;
  readonly pidNamespace: string | undefined;
}

/** Looks through every process of the machine for the owner (VERDICT-8). Without a census it cannot be told. */
export function searchNamespaces(
  system: System,
  file: Descriptor,
  sought: Sought,
  census: Census | undefined,
): Evidence["search"] {
  if (!census) return "unavailable";
  let { isComplete } = census;
  for (const candidate of census.byPid.get(sought.pid) ?? []) {
    try {
      if (isMatch(system, candidate, file, sought)) return "found";
    } catch (error) {
      if (!hasVanished(error)) isComplete = false;
    }
  }
  return isComplete ? "nobody" : "unavailable";
}

function isMatch(system: System, candidate: number, file: Descriptor, sought: Sought): boolean {
  const status = readStatus(system, candidate);
  if (status.innermostPid !== sought.pid || isZombie(status)) return false;
  if (isOfAnotherNamespace(system, candidate, sought)) return false;
  if (sought.start === undefined) return mayHaveOpen(system, candidate, file);
  const start = startTimeOf(system.readFile(`/proc/${candidate}/stat`));
  if (start === undefined) throw new Error("start time unreadable");
  return start === sought.start;
}

// The first processes of two containers can start in the same tick.
function isOfAnotherNamespace(system: System, candidate: number, { pidNamespace }: Sought): boolean {
  if (pidNamespace === undefined) return false;
  try {
    return system.readLink(`/proc/${candidate}/ns/pid`) !== pidNamespace;
  } catch {
    return false;
  }
}

function mayHaveOpen(system: System, candidate: number, file: Descriptor): boolean {
  try {
    return findOpen(system.descriptors(candidate), file) !== "absent";
  } catch (error) {
    return !hasVanished(error);
  }
}

/** Whether any process has the file open (VERDICT-9). A process that we may not look into is passed over. */
export function isOpenAnywhere(system: System, file: Descriptor): Evidence["anyDescriptor"] {
  if (!isProcUsable(system)) return "unknown";
  let processes: number[];
  try {
    processes = system.processes();
  } catch {
    return "unknown";
  }
  let isComplete = true;
  for (const pid of processes) {
    try {
      if (findOpen(system.descriptors(pid), file) === "open") return "open";
    } catch (error) {
      // Passed over. Only, what fails for want of descriptors or memory has not been looked at: that is no absence.
      if (!isClosed(error)) isComplete = false;
    }
  }
  return isComplete ? nothingSeen(system) : "unknown";
}

// Gone, or not ours to look into.
function isClosed(error: unknown): boolean {
  return hasVanished(error) || ["EACCES", "EPERM"].includes(String((error as NodeJS.ErrnoException).code));
}

// From inside a container the processes of its neighbours are not seen: nothing found there is nothing found here.
function nothingSeen(system: System): "none" | "none-here" {
  return isInitialNamespace(system.self()) ? "none" : "none-here";
}

/** Whether the kernel lists a lock on the file, held or waited for (VERDICT-9). */
export function holdsKernelLock(system: System, file: Descriptor): Evidence["kernelLock"] {
  if (!isProcUsable(system)) return "unknown";
  let table: string;
  try {
    table = system.readFile("/proc/locks");
  } catch {
    return "unknown";
  }
  const wanted = kernelName(file);
  return table.split("\n").some((line) => line.split(/\s+/).includes(wanted)) ? "held" : nothingSeen(system);
}

function kernelName(file: Descriptor): string {
  const { major, minor } = deviceNumbers(file.dev);
  const hex = (number: bigint) => number.toString(16).padStart(2, "0");
  return `${hex(major)}:${hex(minor)}:${file.ino}`;
}
