import { dirname } from "node:path";
import { type Abandonment, type ForeignEvidence, type ForeignOwner, judgeAbandoned } from "./abandoned.js";
import { takeCensus } from "./census.js";
import { commandOf } from "./command.js";
import { nameForeign, pidOfForeign } from "./foreign.js";
import type { ForeignEntry } from "./generated/foreign.js";
import { kernelLockTypes } from "./kernel-locks.js";
import { isEmptyDirectory } from "./lock-file.js";
import { lazily, observeProcess } from "./observe.js";
import { hasVanished, isInitialNamespace, isProcUsable, isZombie, readStatus } from "./proc.js";
import { holdsKernelLock, isOpenAnywhere } from "./search.js";
import type { Finding } from "./subject.js";
import type { Descriptor, System } from "./system.js";

/** What a foreign lock is, and who has made it, as far as that can be known. */
export interface Foreign {
  readonly entry: ForeignEntry;
  readonly pid: number | undefined;
}

/** Names what a finding has called foreign, as it was when it was found. */
export function foreignOf({ path, file }: Finding, system: System): Foreign {
  const { object, bytes } = file;
  const entry = nameForeign({
    ...{ object, bytes, directory: dirname(path) },
    isEmptyDirectory: object === "directory" && isEmptyDirectory(path),
    kernelLocks: object === "regular" ? kernelLockTypes(descriptorOf(file), system) : [],
  });
  return { entry, pid: pidOfForeign(entry, bytes) };
}

/** The name of the process that has made it, if it runs, and nobody else can be meant (FOREIGN-2). */
export function commandOfForeign({ pid }: Foreign, { policy }: Finding, system: System): string | undefined {
  const isOfUs = policy.trustPids || isInitialNamespace(system.self());
  if (pid === undefined || !isOfUs || !isProcUsable(system)) return undefined;
  return observeProcess(system, pid) === "live" ? commandOf(pid, system) : undefined;
}

/** Whether it may be removed, where the caller asks for that (FOREIGN-6). What needs a search is only looked for if it counts. */
export function abandonmentOf(finding: Finding, system: System): Abandonment {
  const { evidence, file, policy } = finding;
  const { entry, pid } = foreignOf(finding, system);
  const gathered = lazily<ForeignEvidence>({
    removable: () => entry.removable,
    object: () => file.object,
    quietMs: () => evidence.quietMs,
    silentMs: () => evidence.silentMs,
    kernelLock: () => holdsKernelLock(system, descriptorOf(file)),
    anyDescriptor: () => isOpenAnywhere(system, descriptorOf(file)),
    owner: () => ownerOf(pid, policy.trustPids, system),
  });
  return judgeAbandoned(gathered, policy);
}

function descriptorOf({ stat }: Finding["file"]): Descriptor {
  return { dev: String(stat.dev), ino: String(stat.ino) };
}

/** A process that has this pid here, or, where all can be seen, in its own namespace. */
function ownerOf(pid: number | undefined, trustPids: boolean, system: System): ForeignOwner {
  if (pid === undefined) return "unrecorded";
  const process = observeProcess(system, pid);
  // A file may say a thread's number: that doubt errs towards life.
  if (process === "live" || process === "thread") return "lives";
  if (process === "unknown") return system.signal(pid) === "EPERM" ? "lives" : "unknown";
  const inner = searchInner(pid, system);
  if (inner !== "unavailable") return inner === "found" ? "lives" : "nobody";
  return trustPids ? "nobody" : "unknown";
}

function searchInner(pid: number, system: System): "found" | "nobody" | "unavailable" {
  const census = takeCensus(system);
  if (!census) return "unavailable";
  let { isComplete } = census;
  for (const candidate of census.byPid.get(pid) ?? []) {
    try {
      if (!isZombie(readStatus(system, candidate))) return "found";
    } catch (error) {
      if (!hasVanished(error)) isComplete = false;
    }
  }
  return isComplete ? "nobody" : "unavailable";
}
