import type { MutantDefinition } from "../../engine/case.js";
import { LOCK_GONE, TAKEN_OVER } from "../consequences.js";
import { GUARDS_EXPIRE, RENAMES_OVER_THE_LOCK } from "../patches.js";

const GUARD = "src/guard.ts";

export const reclaiming: readonly MutantDefinition[] = [
  {
    name: "does-not-judge-again",
    history: "fs-safe #44: the guard was taken, and what had been judged before it was unlinked",
    case: "judged-then-overtaken",
    check: "overtaken-waits",
    also: TAKEN_OVER,
    patches: [
      { file: GUARD, find: "if (!isSame(judged.file, again.file)) return false;", replace: "void isSame;" },
      { file: GUARD, find: 'if (again.judgement.verdict !== "stale") return false;', replace: "" },
    ],
  },
  {
    name: "reclaimer-overwrites",
    history: "GitNexus, elizaOS #14202: the reclaimer wrote its lock over that of a contender which had been faster",
    case: "looked-then-reclaimed",
    check: "second-waits",
    also: [...TAKEN_OVER, "first-still-holds"],
    patches: RENAMES_OVER_THE_LOCK,
  },
  {
    name: "guards-expire",
    history: "claude-code-plugins #3664, paperclip #12757: a reclaimer that stood still lost its guard to age",
    case: "reclaimer-stopped",
    check: "waits-at-reclaim:guarded",
    patches: GUARDS_EXPIRE,
  },
  {
    name: "drops-guards-by-name",
    history: "t3code #8442: the guard was removed by name, whoever had it by then",
    case: "guard-replaced",
    check: "other-guard-kept",
    patches: [{ file: GUARD, find: 'if (compare(publication.path, publication.bytes) === "ours") {', replace: "{" }],
  },
  {
    name: "believes-at-once",
    history: "OpenClaw 2026.7's late unlink: the new holder never looked whether its lock was still there",
    case: "reclaim-settles",
    check: "really-there",
    also: LOCK_GONE,
    patches: [
      {
        file: "src/acquire.ts",
        find: "const isKept = !outcome.isReclaimed || (yield* acquisition.settle(outcome.lock));",
        replace: "const isKept = true;",
      },
    ],
  },
];
