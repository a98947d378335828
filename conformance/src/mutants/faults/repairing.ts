import type { MutantDefinition } from "../../engine/case.js";
import { NOBODY_HELD, TAKEN_OVER } from "../consequences.js";
import { MAY_BREAK } from "../patches.js";

const GUARD = "src/guard.ts";

export const repairing: readonly MutantDefinition[] = [
  {
    name: "breaks-without-a-common-marker",
    history: "career-ops #1460: each repairer marked its own repair, so that two repaired at once",
    case: "repair-race",
    check: "second-waits-at-break:marked",
    also: [...TAKEN_OVER, "marker-name"],
    patches: [
      {
        file: GUARD,
        find: "const path = markerPath(scene.paths.guardPath, bytes);",
        replace:
          'const path = markerPath(scene.paths.guardPath, process.getBuiltinModule("node:crypto").randomBytes(8));',
      },
    ],
  },
  {
    name: "breaks-by-name",
    history: "t3code #8442: what stood at the guard's path was removed, although it was another one by then",
    case: "repair-race",
    check: "living-guard-untouched",
    also: [...TAKEN_OVER, "breaker-waits-for-the-living"],
    patches: [{ file: GUARD, find: 'if (compare(dead.path, bytes) !== "ours") return undefined;', replace: "" }],
  },
  {
    name: "leaves-its-marker",
    history: "repairs that left their own traces, for somebody else to wonder about",
    case: "repair-race",
    check: "nothing-in-the-way",
    patches: [{ file: GUARD, find: "    drop(marker);", replace: "    forget(marker);" }],
  },
  {
    name: "stops-at-a-dead-marker",
    history: "repairs that were killed in their turn, and then needed a repair themselves",
    case: "kill-at-every-point",
    check: "next-after-break:marked",
    patches: [{ file: GUARD, find: "return other && breakDead(scene, other);", replace: "return other;" }],
  },
  {
    name: "never-breaks-a-guard",
    history: "OpenClaw 2026.9.6, fs-safe #44: an orphaned guard makes every acquire time out until a human acts",
    case: "kill-in-reclaim",
    check: "next-acquires",
    also: NOBODY_HELD,
    patches: [
      {
        file: GUARD,
        find: MAY_BREAK,
        replace: "return finding === undefined;",
      },
    ],
  },
];
