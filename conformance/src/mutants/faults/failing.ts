import type { MutantDefinition } from "../../engine/case.js";
import { LOCK_GONE, NOBODY_HELD } from "../consequences.js";
import { MAY_BREAK, RENAMES_OVER_THE_LOCK } from "../patches.js";

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
  {
    name: "waits-for-a-dead-reclaimer",
    history: "OpenClaw 2026.9.6: a kill under the guard left it for ever (51 of 150)",
    case: "killed-at-any-call",
    check: "single-try",
    also: NOBODY_HELD,
    patches: [{ file: "src/guard.ts", find: MAY_BREAK, replace: "return finding.quietMs() < 0;" }],
  },
  {
    name: "answers-what-it-could-not-save",
    history: "a client that logged a warning when its store was full had a token in memory, and a dead login on disk",
    case: "saving-under-errors",
    check: "newest-stored",
    also: ["next-has-it", "family-alive", "token-sent-once", "not-lost", "nothing-stays"],
    patches: [
      {
        file: "src/oauth/landing.ts",
        find: "    throw handBack(prepared, what, whole, error);",
        replace: '    return resultOf("refreshed", whole);',
      },
    ],
  },
  {
    name: "leaves-what-was-cut-short",
    history: "lockers whose writer met a limit half-way left a file that named nobody",
    case: "real-limits",
    check: "file-size-nothing-left",
    also: ["descriptors-nothing-left", "inodes-nothing-left"],
    patches: [{ file: "src/sidecar.ts", find: "    discard(candidate);", replace: "    disown(candidate);" }],
  },
];
