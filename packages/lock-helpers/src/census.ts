import { hasVanished, isInitialNamespace, isProcUsable, readStatus } from "./proc.js";
import type { System } from "./system.js";

/** Which processes of the machine call themselves by which pid in their own namespaces. */
export interface Census {
  readonly byPid: ReadonlyMap<number, readonly number[]>;
  /** Every process could be looked at. */
  readonly isComplete: boolean;
}

/** Looks at every process; undefined where not all of the machine can be seen. */
export function takeCensus(system: System): Census | undefined {
  if (!isInitialNamespace(system.self()) || !isProcUsable(system)) return undefined;
  let candidates: number[];
  try {
    candidates = system.processes();
  } catch {
    return undefined;
  }
  const byPid = new Map<number, number[]>();
  let isComplete = true;
  for (const candidate of candidates) {
    try {
      const { innermostPid } = readStatus(system, candidate);
      // This kernel does not tell namespaces.
      if (innermostPid === undefined) isComplete = false;
      else byPid.set(innermostPid, [...(byPid.get(innermostPid) ?? []), candidate]);
    } catch (error) {
      if (!hasVanished(error)) isComplete = false;
    }
  }
  return { byPid, isComplete };
}
