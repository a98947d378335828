import type { Evidence, Judgement } from "./verdict.js";

interface Locker {
  readonly kind: string;
  readonly looksLike: RegExp;
  readonly remedy: string;
}

// What other lockers leave at `<file>.lock`, by content. First match wins.
const LOCKERS: readonly Locker[] = [
  {
    kind: "cross-process-lock",
    looksLike: /^\s*\{[^{}]*"pID"\s*:\s*[0-9]/,
    remedy: "end the program that locks with cross-process-lock",
  },
  { kind: "py-filelock-marker", looksLike: /^filelock\/2\n|^1\nfilelock-strict-v1\0/, remedy: pythonRemedy() },
  { kind: "py-filelock-soft", looksLike: /^[0-9]+\n[^\n]+\n(?:[0-9]+\n)?$/, remedy: pythonRemedy() },
  { kind: "pid-file", looksLike: /^\s*[0-9]+\s*$/, remedy: "end the program that keeps its process id there" },
  { kind: "git", looksLike: /^DIRC/, remedy: "let the git command end" },
];

function pythonRemedy(): string {
  return "end the Python program that locks with filelock";
}

const OBJECTS: Readonly<Record<string, string>> = {
  directory: "end the program that locks with proper-lockfile (or an OpenClaw before 2026.2.17)",
  symlink: "find out who made the link",
  fifo: "find out who made the pipe",
  socket: "end the program that listens there",
  device: "find out who made the device",
};

/** A foreign lock's kind, as errors name it, and what to do about its owner. */
export interface ForeignKind {
  readonly kind: string;
  readonly remedy: string;
}

export function nameForeign(
  evidence: Pick<Evidence, "object" | "content">,
  judgement: Judgement,
  bytes: Uint8Array | undefined,
): ForeignKind {
  const { object, content } = evidence;
  if (object !== "regular") return { kind: object, remedy: OBJECTS[object] ?? "find out who made it" };
  if (content === "oversized") return { kind: "oversized", remedy: "find out who wrote it" };
  if (judgement.reason === "empty-kernel-locked") {
    return { kind: "empty-kernel-locked", remedy: "end the program that locks it with flock or fcntl" };
  }
  if (content === "empty") return { kind: "empty", remedy: "end the program that made it (such as flock or filelock)" };
  const text = Buffer.from(bytes ?? []).toString("latin1");
  const locker = LOCKERS.find(({ looksLike }) => looksLike.test(text));
  if (locker) return locker;
  return { kind: content === "json" ? "json-without-owner" : "garbage", remedy: "find out who wrote it" };
}
