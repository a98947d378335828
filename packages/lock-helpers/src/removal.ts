import type { Contender } from "./contender.js";
import { breakDead, mayBreak, removeStale } from "./guard.js";
import { lookSteps, watchSteps } from "./look.js";
import type { NameKind } from "./names.js";
import type { Finding } from "./subject.js";
import type { Policy } from "./verdict.js";
import type { Steps } from "./wait.js";

export interface Removed {
  readonly removed: boolean;
  /** As last seen while it was there. */
  readonly finding: Finding | undefined;
}

// Each turn somebody else was faster.
const MOST_TURNS = 16;

/** A lock goes when it is stale, a guard or marker only when its owner is proven dead (RECLAIM-6). */
export function isRemovable(kind: NameKind | undefined, finding: Finding): boolean {
  if (kind === "guard" || kind === "marker") return mayBreak(finding);
  return kind === "lock" && finding.judgement.verdict === "stale";
}

/** Removes what stands at the path, if the rules allow it, exactly as an acquire would. */
export function* removeSteps(
  contender: Contender,
  path: string,
  kind: NameKind | undefined,
  policy: Policy,
): Steps<Removed> {
  let last: Finding | undefined;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const finding = yield* watchSteps(contender.subject(path), policy);
    if (!finding) return { removed: false, finding: undefined };
    last = finding;
    if (!isRemovable(kind, finding)) break;
    if (kind !== "lock") {
      const obstacle = breakDead(contender, finding);
      if (obstacle?.question) yield obstacle.question;
      else if (obstacle) break;
      else if (!isStillThere(contender, finding)) return { removed: true, finding };
      continue;
    }
    // PUBLISH-1: a guard that is there keeps everybody away; a dead one is broken first.
    const guard = yield* lookSteps(contender.subject(contender.paths.guardPath));
    if (!guard) {
      if (removeStale(contender, finding)) return { removed: true, finding };
    } else if (!mayBreak(guard)) break;
    else {
      const obstacle = breakDead(contender, guard);
      if (obstacle?.question) yield obstacle.question;
      else if (obstacle) break;
    }
  }
  return { removed: false, finding: last };
}

function isStillThere(contender: Contender, { path, file }: Finding): boolean {
  const bytes = contender.subject(path).look()?.file.bytes;
  return bytes !== undefined && file.bytes !== undefined && bytes.equals(file.bytes);
}
