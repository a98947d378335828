import type { MutantDefinition } from "../../engine/case.js";
import { TAKEN_OVER } from "../consequences.js";
import { GUARDS_EXPIRE } from "../patches.js";

export const guard: readonly MutantDefinition[] = [
  {
    name: "ignores-guards",
    history: "OpenClaw 2026.5.12 to 7.35: knows no guard, and publishes in the middle of a reclaim",
    case: "guard-honoured",
    check: "directory-waited-for",
    patches: [{ file: "src/attempt.ts", find: "if (guard) return this.#faceGuard(guard);", replace: "void guard;" }],
  },
  {
    name: "clears-orphans-by-age",
    history: "t3code #8442: guards without an owner were removed by age, with their reclaimer still at work",
    case: "guard-honoured",
    check: "empty-orphaned",
    patches: GUARDS_EXPIRE,
  },
  {
    name: "writes-its-pid-in-quotes",
    history: "OpenClaw #31320: a pid that OpenClaw cannot read is judged by age, and its dead holder stands in the way",
    case: "cross-reclaim",
    check: "taken-over",
    also: [...TAKEN_OVER, "bytes/schema", "bytes/owner"],
    patches: [
      {
        file: "src/identity.ts",
        find: "    pid,\n    createdAt: new Date().toISOString(),",
        replace: "    pid: String(pid) as never,\n    createdAt: new Date().toISOString(),",
      },
    ],
  },
];
