import type { System } from "./system.js";

/** The name of a process that is visible from here. */
export function commandOf(pid: number, system: System): string | undefined {
  if (system.platform !== "linux") return undefined;
  try {
    return system.readFile(`/proc/${pid}/comm`).trim() || undefined;
  } catch {
    return undefined;
  }
}
