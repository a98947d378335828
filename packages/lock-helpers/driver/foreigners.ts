import { type ForeignEvidence, judgeAbandoned } from "../src/abandoned.js";
import type { KernelLock, KernelLockType } from "../src/errors.js";
import { nameForeign, pidOfForeign } from "../src/foreign.js";
import { parseKernelLocks } from "../src/kernel-locks.js";
import type { ObjectKind } from "../src/verdict.js";
import { bytesOf, type VectorLock } from "./fake-system.js";
import { number, type Request, readTime, text } from "./protocol.js";
import { policyOf } from "./verdicts.js";

type Reply = Record<string, unknown>;

interface ForeignLock extends Pick<VectorLock, "text" | "base64" | "repeat"> {
  readonly kind: ObjectKind;
  readonly directory?: string;
  readonly entries?: readonly string[] | null;
  readonly kernelLocks?: readonly KernelLockType[];
}

export function foreign(request: Request): Reply {
  const lock = request.lock as ForeignLock;
  const { kind: object, directory = "/", entries, kernelLocks = [] } = lock;
  const bytes = object === "regular" ? bytesOf(lock) : undefined;
  const entry = nameForeign({ object, directory, isEmptyDirectory: entries?.length === 0, bytes, kernelLocks });
  const { kind, what, remedy, removable } = entry;
  return { kind, what, remedy, removable, pid: pidOfForeign(entry, bytes) ?? null };
}

export function kernelLocks(request: Request): Reply {
  const numbers = { major: BigInt(number(request, "major", 0)), minor: BigInt(number(request, "minor", 0)) };
  return { kernelLocks: parseKernelLocks(text(request, "locks"), { ...numbers, inode: text(request, "inode") }) };
}

export function abandoned(request: Request): Reply {
  const given = Object.entries(request.evidence as Record<string, unknown>);
  const evidence = Object.fromEntries(given.map(([key, value]) => [key, readTime(value)]));
  return { answer: judgeAbandoned(evidence as unknown as ForeignEvidence, policyOf(request)) };
}

/** As the protocol writes it: what cannot be known is null. */
export function writtenLocks(locks: readonly KernelLock[] | undefined): unknown {
  return locks?.map(({ on, type, access, pid = null, command = null }) => ({ on, type, access, pid, command }));
}
