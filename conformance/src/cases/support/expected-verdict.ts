import type { Evidence } from "./evidence.js";

export interface Judgement {
  readonly verdict: string;
  readonly reason: string;
  readonly conclusive: boolean;
}

export interface Policy {
  readonly staleMs: number;
  readonly trustPids: boolean;
}

const proven = (verdict: string, reason: string): Judgement => ({ verdict, reason, conclusive: true });
const presumed = (verdict: string, reason: string): Judgement => ({ verdict, reason, conclusive: false });

/**
 * The table of `spec/verdict.md`, written down a second time and in another shape: by what is known of the lock first,
 * of the process then, and of its witness and its silence last, so that a mistake in the order of rows would have to be made twice.
 */
export function expectedVerdict(evidence: Evidence, policy: Policy): Judgement {
  if (evidence.object !== "regular") return presumed("foreign", "not-regular");
  switch (evidence.content) {
    case "oversized":
      return presumed("foreign", "oversized");
    case "empty":
      return ofEmpty(evidence, policy);
    case "garbage":
      return evidence.quietMs < 2_000 ? presumed("being-written", "garbage-young") : presumed("foreign", "garbage");
    default:
      return evidence.pid === null ? ofOwnerless(evidence, policy) : ofOwned(evidence, policy);
  }
}

function ofEmpty({ kernelLock, anyDescriptor, quietMs }: Evidence, { staleMs, trustPids }: Policy): Judgement {
  if (kernelLock === "held") return presumed("foreign", "empty-kernel-locked");
  if (quietMs < 2_000) return presumed("being-written", "empty-young");
  const absences = trustPids ? ["none", "none-here"] : ["none"];
  const isUntouched = absences.includes(kernelLock) && absences.includes(anyDescriptor);
  return isUntouched && quietMs >= staleMs ? presumed("stale", "empty-abandoned") : presumed("foreign", "empty");
}

function ofOwnerless({ createdAt, createdAtAgeMs, quietMs }: Evidence, { staleMs }: Policy): Judgement {
  if (createdAt === "absent") return presumed("foreign", "no-owner");
  const expired = createdAt === "unparsable" || (createdAt === "past" && createdAtAgeMs >= staleMs);
  return expired && quietMs >= staleMs
    ? presumed("stale", "ownerless-expired")
    : presumed("unknown", "ownerless-young");
}

function ofOwned(evidence: Evidence, policy: Policy): Judgement {
  const { descriptor, domain, process, search, start } = evidence;
  if (descriptor === "open") return proven("held", "descriptor-open");
  if (domain !== "different" && process === "live" && start === "equal") return proven("held", "start-time-equal");
  const isHere = domain === "same";
  const death = deathHere(evidence);
  if (isHere && death !== undefined) return death;
  if (!isHere && search === "found") return proven("held", "found-in-namespace");
  return (
    byWitness(evidence) ??
    (isHere ? undefined : byAbsence(evidence, policy)) ??
    bySilence(evidence, policy) ??
    (isHere ? undefined : unproven(evidence)) ??
    ofLiving(evidence, policy)
  );
}

function deathHere({ process, start }: Evidence): Judgement | undefined {
  if (process === "gone") return proven("stale", "process-gone");
  if (process === "zombie") return proven("stale", "process-zombie");
  if (process === "thread") return proven("stale", "pid-is-a-thread");
  if (process === "live" && start === "differs") return proven("stale", "start-time-differs");
  return undefined;
}

const looksDead = (evidence: Evidence): boolean => deathHere(evidence) !== undefined;

function byWitness({ boot, mount, witness }: Evidence): Judgement | undefined {
  switch (witness) {
    case "answers":
      return proven("held", "witness-answers");
    case "inherited":
      return proven("stale", "witness-inherited");
    case "refused":
      return boot === "equal" && mount === "equal" ? proven("stale", "witness-refused") : undefined;
    default:
      return undefined;
  }
}

/** Of a holder that is not known to be of our domain: nobody looks like it. */
function byAbsence(evidence: Evidence, { trustPids }: Policy): Judgement | undefined {
  const { boot, domain, namespaces, search } = evidence;
  const isUnknown = domain === "unknown";
  if (isUnknown && !looksDead(evidence)) return undefined;
  if (isUnknown && !namespaces) return proven("stale", "looks-dead");
  if (search === "nobody") {
    if (boot === "equal") return proven("stale", "nobody-in-any-namespace");
    if (isUnknown) return presumed("stale", "nobody-in-any-namespace");
  }
  return trustPids ? proven("stale", "pids-trusted") : undefined;
}

function bySilence(evidence: Evidence, { staleMs }: Policy): Judgement | undefined {
  const { boot, domain, heartbeatMs, silentMs, witness } = evidence;
  const needed = Math.max(staleMs, 3 * (heartbeatMs ?? 0));
  const isLikelyDead = boot === "differs" || witness === "refused" || (domain === "unknown" && looksDead(evidence));
  return isLikelyDead && silentMs > 0 && silentMs >= needed ? presumed("stale", "no-sign-of-life") : undefined;
}

function unproven(evidence: Evidence): Judgement | undefined {
  if (evidence.domain === "different") return presumed("unknown", "other-domain");
  return looksDead(evidence) ? presumed("unknown", "looks-dead-unproven") : undefined;
}

function ofLiving({ descriptor, process, quietMs, start }: Evidence, { staleMs }: Policy): Judgement {
  if (process !== "live") return presumed("unknown", "process-unknown");
  if (start !== "unrecorded") return presumed("unknown", "start-time-unreadable");
  if (descriptor !== "absent") return presumed("unknown", "identity-unknown");
  return quietMs >= staleMs ? presumed("stale", "descriptor-absent") : presumed("unknown", "identity-young");
}
