import type { Evidence } from "./evidence.js";

export interface Judgement {
  readonly verdict: string;
  readonly reason: string;
  readonly conclusive: boolean;
}

const proven = (verdict: string, reason: string): Judgement => ({ verdict, reason, conclusive: true });
const presumed = (verdict: string, reason: string): Judgement => ({ verdict, reason, conclusive: false });

/**
 * The table of `spec/verdict.md`, written down a second time and in another shape: by what is known of the lock first
 * and of the process then, so that a mistake in the order of rows would have to be made twice.
 */
export function expectedVerdict(evidence: Evidence, staleMs: number): Judgement {
  if (evidence.object !== "regular") return presumed("foreign", "not-regular");
  switch (evidence.content) {
    case "oversized":
      return presumed("foreign", "oversized");
    case "empty":
      return ofEmpty(evidence, staleMs);
    case "garbage":
      return evidence.quietMs < 2_000 ? presumed("being-written", "garbage-young") : presumed("foreign", "garbage");
    default:
      return evidence.pid === null ? ofOwnerless(evidence, staleMs) : ofOwned(evidence, staleMs);
  }
}

function ofEmpty({ kernelLock, anyDescriptor, quietMs }: Evidence, staleMs: number): Judgement {
  if (kernelLock === "held") return presumed("foreign", "empty-kernel-locked");
  if (quietMs < 2_000) return presumed("being-written", "empty-young");
  const untouched = kernelLock === "none" && anyDescriptor === "none";
  return untouched && quietMs >= staleMs ? presumed("stale", "empty-abandoned") : presumed("foreign", "empty");
}

function ofOwnerless({ createdAt, createdAtAgeMs, quietMs }: Evidence, staleMs: number): Judgement {
  if (createdAt === "absent") return presumed("foreign", "no-owner");
  const expired = createdAt === "unparsable" || (createdAt === "past" && createdAtAgeMs >= staleMs);
  return expired && quietMs >= staleMs
    ? presumed("stale", "ownerless-expired")
    : presumed("unknown", "ownerless-young");
}

function ofOwned(evidence: Evidence, staleMs: number): Judgement {
  const { descriptor, domain, process, start } = evidence;
  if (descriptor === "open") return proven("held", "descriptor-open");
  if (domain !== "different" && process === "live" && start === "equal") return proven("held", "start-time-equal");
  if (domain === "same") return deathHere(evidence) ?? ofLiving(evidence, staleMs);
  return elsewhere(evidence) ?? ofLiving(evidence, staleMs);
}

function deathHere({ process, start }: Evidence): Judgement | undefined {
  if (process === "gone") return proven("stale", "process-gone");
  if (process === "zombie") return proven("stale", "process-zombie");
  if (process === "thread") return proven("stale", "pid-is-a-thread");
  if (process === "live" && start === "differs") return proven("stale", "start-time-differs");
  return undefined;
}

function elsewhere(evidence: Evidence): Judgement | undefined {
  const { boot, domain, namespaces, search } = evidence;
  const looksDead = deathHere(evidence) !== undefined;
  if (search === "found") return proven("held", "found-in-namespace");
  if (domain === "different") {
    const nobody = search === "nobody" && boot === "equal";
    return nobody ? proven("stale", "nobody-in-any-namespace") : presumed("unknown", "other-domain");
  }
  if (!looksDead) return undefined;
  if (!namespaces) return proven("stale", "looks-dead");
  if (search !== "nobody") return presumed("unknown", "looks-dead-unproven");
  return { verdict: "stale", reason: "nobody-in-any-namespace", conclusive: boot === "equal" };
}

function ofLiving({ descriptor, process, quietMs, start }: Evidence, staleMs: number): Judgement {
  if (process !== "live") return presumed("unknown", "process-unknown");
  if (start !== "unrecorded") return presumed("unknown", "start-time-unreadable");
  if (descriptor !== "absent") return presumed("unknown", "identity-unknown");
  return quietMs >= staleMs ? presumed("stale", "descriptor-absent") : presumed("unknown", "identity-young");
}
