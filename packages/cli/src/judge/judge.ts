import type { Inspection } from "@openclaw/lock-helpers/tools";
import { capital } from "../render/words.js";
import { adviceOn } from "./advice.js";
import type { Entry, Holder, Kind, State } from "./entry.js";
import { isGuess } from "./guess.js";
import { sentenceOf } from "./reasons.js";

/** How a lock, guard or marker is named, and by what rules it is judged. */
export interface Place {
  readonly kind: "lock" | "guard" | "marker";
  readonly belongsTo: string | undefined;
  readonly staleMs: number;
}

// Of a guard without an owner the state says more than what it is.
const BY_STATE: Partial<Record<State, string>> = {
  "in-use": "somebody is most likely at work under it",
  orphaned: "it does not say whose it is, and keeps everybody from the lock",
};

/** What an inspection means to people. Undefined: nothing is there any more. */
export function entryOf(inspection: Inspection, place: Place): Entry | undefined {
  if (inspection.verdict === "free") return undefined;
  const { path, reason, conclusive, kind, what, holder } = inspection;
  const ageMs = ageOf(inspection);
  const state = stateOf(inspection, place, ageMs ?? 0);
  const sentence = sentenceOf(reason ?? "", { pid: holder?.pid, what, isGuess: isGuess(inspection) });
  return {
    ...{ path, kind: place.kind, state, conclusive },
    ...(place.belongsTo !== undefined && { belongsTo: place.belongsTo }),
    ...(reason !== null && { reason }),
    ...(kind !== undefined && { what: kind }),
    ...(holder?.pid !== undefined && { holder: holderOf(inspection) }),
    ...(ageMs !== undefined && { ageMs }),
    explanation: `${capital(BY_STATE[state] ?? sentence)}.`,
    advice: adviceOn(place.kind, state, inspection),
  };
}

/** Only of what names a process: what else is in a file may be anything, a credential included. */
export function holderOf({ holder, payload }: Inspection): Holder {
  const { command, pid } = holder ?? {};
  const { host, helper, purpose } = payload ?? {};
  return {
    ...(pid !== undefined && { pid }),
    ...(command !== undefined && { command }),
    ...(host !== undefined && { host }),
    ...(helper !== undefined && { helper }),
    ...(purpose !== undefined && { purpose }),
  };
}

function stateOf(inspection: Inspection, { kind, staleMs }: Place, ageMs: number): State {
  const { verdict, removable, holder } = inspection;
  if (verdict === "free") return "free";
  if (kind === "lock" || verdict === "held" || removable) return verdict;
  // RECLAIM-8: a guard without a readable owner. A young one is most likely an OpenClaw's that is reclaiming right now.
  if (holder?.pid === undefined) return ageMs < staleMs ? "in-use" : "orphaned";
  // Presumed dead is not enough for a guard.
  return "unknown";
}

function ageOf({ holder, mtimeMs }: Inspection): number | undefined {
  if (holder?.pid !== undefined && holder.ageMs !== undefined) return holder.ageMs;
  return mtimeMs === undefined ? undefined : Math.max(0, Date.now() - mtimeMs);
}

/** What stands in the way of being judged. */
export function unreadable(path: string, kind: Kind, errno: string): Entry {
  return {
    ...{ path, kind, state: "unreadable", reason: errno },
    explanation: `It cannot be read (${errno}).`,
    advice: "Run this as its owner, or as root.",
  };
}
