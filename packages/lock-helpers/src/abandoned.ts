import { type Evidence, isSilent, type ObjectKind, type Policy } from "./verdict.js";

/** Whether whoever made a foreign lock is alive, as far as it says who that was. */
export type ForeignOwner = "unrecorded" | "lives" | "nobody" | "unknown";

/** What is known of a foreign lock that may be removed because the caller asks for it. No I/O happens here. */
export interface ForeignEvidence extends Pick<Evidence, "quietMs" | "silentMs" | "kernelLock" | "anyDescriptor"> {
  /** The table says that such a lock may be removed at all. */
  readonly removable: boolean;
  readonly object: ObjectKind;
  readonly owner: ForeignOwner;
}

export type Abandonment = "not-removable" | "recent" | "owner-lives" | "in-use" | "cannot-see" | "abandoned";

type Row = readonly [when: (e: ForeignEvidence, policy: Policy) => boolean, Abandonment];

// One row a line, in the order of FOREIGN-6: the first that applies decides.
const ROWS: readonly Row[] = [
  [(e) => !e.removable, "not-removable"],
  [(e, policy) => e.quietMs < policy.staleMs || !isSilent(silence(e), policy), "recent"],
  [(e) => e.owner === "lives", "owner-lives"],
  [(e) => isFile(e) && (e.kernelLock === "held" || e.anyDescriptor === "open"), "in-use"],
  [(e, policy) => isFile(e) && !isSeenUnused(e, policy), "cannot-see"],
  [(e) => e.owner === "unknown", "cannot-see"],
];

const isFile = (e: ForeignEvidence) => e.object === "regular";
// Beats no heart of ours.
const silence = ({ silentMs }: ForeignEvidence) => ({ silentMs, heartbeatMs: null });

function isSeenUnused(e: ForeignEvidence, { trustPids }: Policy): boolean {
  return [e.kernelLock, e.anyDescriptor].every((seen) => seen === "none" || (trustPids && seen === "none-here"));
}

/** Whether a foreign lock may be taken for one that nobody uses any more. */
export function judgeAbandoned(evidence: ForeignEvidence, policy: Policy): Abandonment {
  return ROWS.find(([applies]) => applies(evidence, policy))?.[1] ?? "abandoned";
}
