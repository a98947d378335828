import { type Census, takeCensus } from "./census.js";
import { startTimeOf } from "./identity.js";
import { type Classified, classify, type Owner } from "./payload.js";
import { findOpen, isProcUsable, isZombie, readStatus, type Status, uptimeTicks } from "./proc.js";
import { holdsKernelLock, isOpenAnywhere, searchNamespaces } from "./search.js";
import type { Descriptor, System } from "./system.js";
import type { Evidence, ObjectKind } from "./verdict.js";

/** What was read at the path, and how old it is. */
export interface Observed extends Descriptor {
  readonly object: ObjectKind;
  /** Undefined: not regular, or larger than a reader reads. */
  readonly bytes: Uint8Array | undefined;
  /** Age by the file system's own clock (VERDICT-3). */
  readonly quietMs: () => number;
  /** That age once the lock was watched long enough, 0 until then (VERDICT-12). */
  readonly silentMs: () => number;
  /** Device of the directory that the lock is in, in decimal; undefined: it cannot be known. */
  readonly directoryDev: () => string | undefined;
  /** All processes of the machine as of a moment ago, where that will do for this lock. */
  readonly census?: () => Census | undefined;
  /** Asks the socket of this bare name beside the lock (WITNESS-7). */
  readonly witness: (name: string) => Evidence["witness"];
}

export type LazyEvidence = Evidence & { readonly owner: Owner | undefined };

/**
 * The evidence about one lock, guard or marker, gathered on demand: what the table does not ask for is never looked at,
 * and what it asks for is looked at once.
 */
export function observe(observed: Observed, system: System): LazyEvidence {
  const classified: Classified | undefined =
    observed.object !== "regular"
      ? undefined
      : observed.bytes === undefined
        ? { content: "oversized" }
        : classify(observed.bytes);
  const owner = classified?.owner;
  const pid = owner?.pid ?? null;
  const createdAtAgeMs = typeof owner?.createdAt === "number" ? system.now() - owner.createdAt : 0;

  const evidence: LazyEvidence = lazily<LazyEvidence>({
    object: () => observed.object,
    content: () => classified?.content ?? null,
    quietMs: observed.quietMs,
    silentMs: observed.silentMs,
    heartbeatMs: () => owner?.heartbeatMs ?? null,
    owner: () => owner,
    pid: () => pid,
    createdAt: () => (typeof owner?.createdAt === "number" ? tense(createdAtAgeMs) : (owner?.createdAt ?? "absent")),
    createdAtAgeMs: () => createdAtAgeMs,
    domain: () => (owner ? compareDomain(owner, system) : "unknown"),
    boot: () => (owner ? compareBoot(owner, system) : "unknown"),
    mount: () => compareKnown(owner?.dev, owner?.dev === undefined ? undefined : observed.directoryDev()),
    process: () => (pid === null ? "unknown" : observeProcess(system, pid)),
    start: () => (owner && pid !== null ? compareStart(owner, pid, evidence.process, system) : "unrecorded"),
    descriptor: () => (pid === null ? "unreadable" : lookForDescriptor(system, observed, pid, () => evidence.process)),
    search: () =>
      owner && pid !== null && evidence.domain !== "same"
        ? searchNamespaces(
            system,
            observed,
            { pid, start: recordedStart(owner, system), pidNamespace: owner.pidNamespace },
            observed.census ? observed.census() : takeCensus(system),
          )
        : "unavailable",
    witness: () => (owner?.witness === undefined || pid === null ? "unknown" : observed.witness(owner.witness)),
    kernelLock: () => (classified?.content === "empty" ? holdsKernelLock(system, observed) : "unknown"),
    anyDescriptor: () => (classified?.content === "empty" ? isOpenAnywhere(system, observed) : "unknown"),
    namespaces: () => system.platform === "linux",
  });
  return evidence;
}

/** An object whose properties are gathered when they are first looked at, once. */
export function lazily<T extends object>(gather: { readonly [K in keyof T]: () => T[K] }): T {
  const evidence = {} as T;
  for (const key of Object.keys(gather) as (keyof T)[]) {
    Object.defineProperty(evidence, key, {
      configurable: true,
      enumerable: true,
      get() {
        const value = gather[key]();
        Object.defineProperty(evidence, key, { value, enumerable: true });
        return value;
      },
    });
  }
  return evidence;
}

function tense(ageMs: number): "past" | "future" {
  return ageMs < 0 ? "future" : "past";
}

/** VERDICT-4. What is recorded here and cannot be known there is neither equal nor different. */
function compareDomain(owner: Owner, system: System): Evidence["domain"] {
  const { bootId, pidNamespace } = system.self();
  const platform = compareKnown(owner.platform, system.platform);
  const kernel = [compareKnown(owner.bootId, bootId), compareKnown(owner.pidNamespace, pidNamespace)];
  if ([platform, ...kernel].includes("differs")) return "different";
  if (platform !== "equal") return "unknown";
  if (system.platform !== "linux") return "same";
  // Without `/proc` both sides record nothing, in whatever namespaces they are: that is not the same domain.
  return kernel.includes("unknown") ? "unknown" : "same";
}

function compareBoot(owner: Owner, system: System): Evidence["boot"] {
  if (compareKnown(owner.platform, system.platform) === "differs") return "differs";
  return compareKnown(owner.bootId, system.self().bootId);
}

function compareKnown(recorded: string | undefined, ours: string | undefined): "equal" | "differs" | "unknown" {
  if (recorded === undefined || ours === undefined) return "unknown";
  return recorded === ours ? "equal" : "differs";
}

/** VERDICT-5. */
export function observeProcess(system: System, pid: number): Evidence["process"] {
  const signal = system.signal(pid);
  if (signal === "ESRCH") return "gone";
  if (signal !== "ok" && signal !== "EPERM") return "unknown";
  // EPERM: it is there, and somebody else's. That is not death; whether it is life, only its status can say.
  const unread = signal === "ok" ? "live" : "unknown";
  if (!isProcUsable(system)) return unread;
  let status: Status;
  try {
    status = readStatus(system, pid);
  } catch {
    return unread;
  }
  if (status.tgid !== undefined && status.tgid !== pid) return "thread";
  return isZombie(status) ? "zombie" : "live";
}

/** The recorded start time, if it counts (VERDICT-6). */
function recordedStart(owner: Owner, system: System): number | undefined {
  const { starttime, timeNamespace } = owner;
  if (starttime === null) return undefined;
  if (timeNamespace !== undefined && timeNamespace !== system.self().timeNamespace) return undefined;
  return isPlausible(starttime, system) ? starttime : undefined;
}

const YEAR_2000_S = 946_684_800;
const DAY_S = 86_400;

function isPlausible(starttime: number, system: System): boolean {
  if (system.platform === "linux") {
    const uptime = isProcUsable(system) ? uptimeTicks(system) : undefined;
    return uptime === undefined || starttime <= uptime;
  }
  const seconds = system.platform === "win32" ? starttime / 1000 : starttime;
  return seconds >= YEAR_2000_S && seconds <= system.now() / 1000 + DAY_S;
}

function compareStart(owner: Owner, pid: number, process: Evidence["process"], system: System): Evidence["start"] {
  const recorded = recordedStart(owner, system);
  if (recorded === undefined) return "unrecorded";
  if (process !== "live") return "unreadable";
  const actual = startTimeOfProcess(system, pid);
  if (actual === undefined) return "unreadable";
  if (actual === recorded) return "equal";
  // A recorded time that could not be held against the uptime may be in a wrong unit: that never counts for death.
  const isChecked = system.platform !== "linux" || uptimeTicks(system) !== undefined;
  return isChecked ? "differs" : "unreadable";
}

function startTimeOfProcess(system: System, pid: number): number | undefined {
  if (system.platform !== "linux") return system.startTime(pid);
  if (!isProcUsable(system)) return undefined;
  try {
    return startTimeOf(system.readFile(`/proc/${pid}/stat`));
  } catch {
    return undefined;
  }
}

/** VERDICT-7. */
function lookForDescriptor(
  system: System,
  file: Descriptor,
  pid: number,
  process: () => Evidence["process"],
): Evidence["descriptor"] {
  if (!isProcUsable(system) || process() !== "live") return "unreadable";
  try {
    return findOpen(system.descriptors(pid === system.self().pid ? "self" : pid), file);
  } catch {
    return "unreadable";
  }
}
