import { readFileSync, readlinkSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Start time of a process as OpenClaw writes it on Linux: clock ticks since boot, counted after the last bracket. */
export function startTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[19]);
}

/** What this machine answers for the domain keys of a payload. */
export function ownDomain(): { bootId: string; pidNamespace: string; timeNamespace: string } {
  return {
    bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    pidNamespace: readlinkSync("/proc/self/ns/pid"),
    timeNamespace: readlinkSync("/proc/self/ns/time"),
  };
}

export const deviceOf = (path: string): string => String(statSync(dirname(path), { bigint: true }).dev);

/** In the initial namespace every process can be looked for, so that death can be proven. */
export const inInitialNamespace = (): boolean => ownDomain().pidNamespace === "pid:[4026531836]";

export const isRoot = (): boolean => process.getuid?.() === 0;

/** The single letter of `/proc/<pid>/stat`: `T` when stopped, `Z` when dead and not waited for; undefined when gone. */
export function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return undefined;
  }
}

/** The name of a process's program, as the kernel has it. */
export const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/comm`, "utf8").trimEnd();

/** Processor time that a process has used, in ms; the kernel counts in steps of 10. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The most memory that a process has ever had, in kB. */
export function peakMemoryKb(pid: number): number {
  return Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
}
