import type { MutantDefinition } from "../../engine/case.js";
import { LOCK_GONE } from "../consequences.js";
import { RENAMES_OVER_THE_LOCK } from "../patches.js";

/** What a failing system brings out. */
export const failing: readonly MutantDefinition[] = [
  {
    name: "an-error-is-a-loss",
    history:
      "filelock #355, NFS: an I/O error or a stale handle at release was taken for a lock that somebody has stolen",
    case: "errors-injected",
    check: "typed",
    also: [
      ...LOCK_GONE,
      "not-lost",
      "still-held",
      "released",
      "kept",
      "verified",
      "others-get-it",
      "gets-it-again",
      "nothing-left",
    ],
    patches: [
      {
        file: "src/ownership.ts",
        find: 'if (NOT_A_FILE.has(errno)) return "other";\n  throw error;',
        replace: 'void NOT_A_FILE;\n  return "other";',
      },
    ],
  },
  {
    name: "overwrites-in-the-storm",
    history: "lockers that rename over the lock exclude nobody as soon as two of them begin at the same time",
    case: "soak",
    check: "typed",
    also: [
      ...LOCK_GONE,
      "counter/duplicate",
      "counter/gap",
      "counter/total",
      "nobody-wedged",
      "taken-afterwards",
      "bytes/torn",
    ],
    patches: RENAMES_OVER_THE_LOCK,
  },
];
