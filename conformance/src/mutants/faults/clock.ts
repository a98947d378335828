import type { MutantDefinition } from "../../engine/case.js";

export const clock: readonly MutantDefinition[] = [
  {
    name: "waits-by-the-wall-clock",
    history: "field case 8: a wait that was measured with the wall clock ended at once, or hours late, when it was set",
    case: "clock-steps",
    check: "at-its-limit",
    also: ["acquires", "times-out", "driver/timeout"],
    patches: [{ file: "src/clock.ts", find: "return performance.now();", replace: "return Date.now();" }],
  },
];
