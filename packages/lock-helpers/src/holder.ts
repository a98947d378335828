import { commandOf } from "./command.js";
import type { LockHolder } from "./errors.js";
import { printable } from "./escape.js";
import { commandOfForeign, foreignOf } from "./foreign-finding.js";
import type { Finding } from "./subject.js";
import type { System } from "./system.js";

/** The holder as observed. Its command is asked for only where the pid means the same process to us. */
export function holderOf(finding: Finding, system: System): LockHolder {
  const { evidence, judgement, file } = finding;
  const { pid, command } = judgement.verdict === "foreign" ? makerOf(finding, system) : ownerOf(finding, system);
  const createdAt = evidence.owner?.createdAt;
  const since = typeof createdAt === "number" ? createdAt : Number(file.stat.mtimeMs);
  return {
    ...(pid !== undefined && { pid }),
    ...(command !== undefined && { command }),
    ageMs: Math.max(0, system.now() - since),
    verdict: judgement.verdict,
    reason: judgement.reason,
  };
}

interface Who {
  readonly pid: number | undefined;
  readonly command: string | undefined;
}

function ownerOf(finding: Finding, system: System): Who {
  const pid = finding.evidence.owner?.pid ?? undefined;
  const isVisible = pid !== undefined && finding.judgement.verdict !== "stale" && !isElsewhere(finding);
  return { pid, command: isVisible ? commandOf(pid, system) : undefined };
}

function makerOf(finding: Finding, system: System): Who {
  const foreign = foreignOf(finding, system);
  return { pid: foreign.pid, command: commandOfForeign(foreign, finding, system) };
}

/** Whether its pid may mean another process to us. */
export function isElsewhere({ evidence, judgement: { reason } }: Finding): boolean {
  const isSeenAcross = reason === "found-in-namespace" || reason === "witness-answers";
  return evidence.domain === "different" || (isSeenAcross && evidence.domain !== "same");
}

export function describe(holder: LockHolder): string {
  const who = holder.pid === undefined ? "an unnamed holder" : processOf(holder.pid, holder.command);
  const age = holder.ageMs === undefined ? "" : ` for ${seconds(holder.ageMs)}`;
  if (holder.verdict === "held") return `held by ${who}${age}`;
  if (holder.verdict === "being-written") return `being written${age}`;
  return `claimed by ${who}${age}, which cannot be judged from here (${holder.reason})`;
}

export function processOf(pid: number, command: string | undefined): string {
  return `pid ${pid}${command === undefined ? "" : ` (${printable(command, 64)})`}`;
}

export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
