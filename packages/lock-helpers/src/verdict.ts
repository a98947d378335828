import { BEING_WRITTEN_MS, HEARTBEATS_MISSED } from "./generated/constants.js";
import type { Content } from "./payload.js";

export type ObjectKind = "regular" | "directory" | "symlink" | "fifo" | "socket" | "device";
export type Verdict = "held" | "stale" | "being-written" | "foreign" | "unknown";

/** What is known about a lock and the process that it names (spec/verdict.md). No I/O happens here. */
export interface Evidence {
  readonly object: ObjectKind;
  readonly content: Content | null;
  readonly quietMs: number;
  /** `quietMs` once the lock was watched long enough, 0 until then (VERDICT-12). */
  readonly silentMs: number;
  readonly heartbeatMs: number | null;
  readonly pid: number | null;
  readonly createdAt: "absent" | "unparsable" | "past" | "future";
  readonly createdAtAgeMs: number;
  readonly domain: "same" | "different" | "unknown";
  readonly boot: "equal" | "differs" | "unknown";
  readonly mount: "equal" | "differs" | "unknown";
  readonly process: "gone" | "zombie" | "thread" | "live" | "unknown";
  readonly start: "equal" | "differs" | "unrecorded" | "unreadable";
  readonly descriptor: "open" | "absent" | "unreadable";
  readonly search: "found" | "nobody" | "unavailable";
  readonly witness: "answers" | "inherited" | "refused" | "unknown";
  readonly kernelLock: "held" | "none" | "none-here" | "unknown";
  readonly anyDescriptor: "open" | "none" | "none-here" | "unknown";
  readonly namespaces: boolean;
}

export interface Policy {
  readonly staleMs: number;
  /** The caller's word that nobody outside this PID namespace uses the directory (VERDICT-13). */
  readonly trustPids: boolean;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string;
  /** Proven, not presumed: the only thing that a guard may be broken for (RECLAIM-6). */
  readonly conclusive: boolean;
}

type Row = readonly [when: (e: Evidence, policy: Policy) => boolean, Verdict, reason: string, conclusive?: "C"];

// One row a line, in the order of the specification: the first that applies decides.
const ROWS: readonly Row[] = [
  [(e) => e.object !== "regular", "foreign", "not-regular"],
  [(e) => e.content === "oversized", "foreign", "oversized"],
  [(e) => isEmpty(e) && e.kernelLock === "held", "foreign", "empty-kernel-locked"],
  [(e) => isEmpty(e) && e.quietMs < BEING_WRITTEN_MS, "being-written", "empty-young"],
  [(e, policy) => isEmpty(e) && isQuiet(e, policy) && isUntouched(e, policy), "stale", "empty-abandoned"],
  [(e) => isEmpty(e), "foreign", "empty"],
  [(e) => isGarbage(e) && e.quietMs < BEING_WRITTEN_MS, "being-written", "garbage-young"],
  [(e) => isGarbage(e), "foreign", "garbage"],
  [(e) => isOwnerless(e) && e.createdAt === "absent", "foreign", "no-owner"],
  [(e, policy) => isOwnerless(e) && hasExpired(e, policy) && isQuiet(e, policy), "stale", "ownerless-expired"],
  [(e) => isOwnerless(e), "unknown", "ownerless-young"],
  [(e) => e.descriptor === "open", "held", "descriptor-open", "C"],
  [(e) => !isElsewhere(e) && isLive(e) && e.start === "equal", "held", "start-time-equal", "C"],
  [(e) => isHere(e) && e.process === "gone", "stale", "process-gone", "C"],
  [(e) => isHere(e) && e.process === "zombie", "stale", "process-zombie", "C"],
  [(e) => isHere(e) && e.process === "thread", "stale", "pid-is-a-thread", "C"],
  [(e) => isHere(e) && isLive(e) && e.start === "differs", "stale", "start-time-differs", "C"],
  [(e) => !isHere(e) && e.search === "found", "held", "found-in-namespace", "C"],
  [(e) => e.witness === "answers", "held", "witness-answers", "C"],
  [(e) => e.witness === "refused" && e.boot === "equal" && e.mount === "equal", "stale", "witness-refused", "C"],
  [(e) => e.witness === "inherited", "stale", "witness-inherited", "C"],
  [(e) => looksDead(e) && !e.namespaces && e.domain === "unknown", "stale", "looks-dead", "C"],
  [(e) => mayBeDead(e) && e.search === "nobody" && e.boot === "equal", "stale", "nobody-in-any-namespace", "C"],
  [(e) => looksDead(e) && e.domain === "unknown" && e.search === "nobody", "stale", "nobody-in-any-namespace"],
  [(e, { trustPids }) => mayBeDead(e) && trustPids, "stale", "pids-trusted", "C"],
  [(e, policy) => showsNoLife(e) && isSilent(e, policy), "stale", "no-sign-of-life"],
  [(e) => isElsewhere(e), "unknown", "other-domain"],
  [(e) => looksDead(e), "unknown", "looks-dead-unproven"],
  [(e, policy) => isUnidentified(e) && e.descriptor === "absent" && isQuiet(e, policy), "stale", "descriptor-absent"],
  [(e) => isUnidentified(e) && e.descriptor === "absent", "unknown", "identity-young"],
  [(e) => isUnidentified(e), "unknown", "identity-unknown"],
  [(e) => isLive(e), "unknown", "start-time-unreadable"],
];

const isEmpty = (e: Evidence) => e.content === "empty";
const isGarbage = (e: Evidence) => e.content === "garbage";
const isOwnerless = (e: Evidence) => e.pid === null;
const isHere = (e: Evidence) => e.domain === "same";
const isElsewhere = (e: Evidence) => e.domain === "different";
const isLive = (e: Evidence) => e.process === "live";
const isUnidentified = (e: Evidence) => isLive(e) && e.start === "unrecorded";
const mayBeDead = (e: Evidence) => looksDead(e) || isElsewhere(e);
const isQuiet = (e: Evidence, { staleMs }: Policy) => e.quietMs >= staleMs;

function isUntouched(e: Evidence, { trustPids }: Policy): boolean {
  return [e.kernelLock, e.anyDescriptor].every((seen) => seen === "none" || (trustPids && seen === "none-here"));
}

// One of ours from another container on this kernel is not among them: a stopped holder is silent too.
function showsNoLife(e: Evidence): boolean {
  return e.boot === "differs" || e.witness === "refused" || (looksDead(e) && e.domain === "unknown");
}

/** VERDICT-12. What was not watched is not silent, however short `staleMs` is. */
export function isSilent(e: Pick<Evidence, "silentMs" | "heartbeatMs">, { staleMs }: Policy): boolean {
  return e.silentMs > 0 && e.silentMs >= staleMs && e.silentMs >= HEARTBEATS_MISSED * (e.heartbeatMs ?? 0);
}

function hasExpired(e: Evidence, { staleMs }: Policy): boolean {
  if (e.createdAt === "unparsable") return true;
  return e.createdAt === "past" && e.createdAtAgeMs >= staleMs;
}

function looksDead(e: Evidence): boolean {
  if (e.process === "gone" || e.process === "zombie" || e.process === "thread") return true;
  return isLive(e) && e.start === "differs";
}

/** The answer to one question: is the holder alive? Decided by the evidence and the policy alone (VERDICT-1). */
export function judge(evidence: Evidence, policy: Policy): Judgement {
  for (const [applies, verdict, reason, conclusive] of ROWS) {
    if (applies(evidence, policy)) return { verdict, reason, conclusive: conclusive === "C" };
  }
  return { verdict: "unknown", reason: "process-unknown", conclusive: false };
}
