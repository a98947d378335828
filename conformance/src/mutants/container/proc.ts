import type { MutantDefinition } from "../../engine/case.js";
import { TAKEN_OVER } from "../consequences.js";

const PROC = "src/proc.ts";

/** What `/proc` and its clocks say to those who do not see all of it. */
export const proc: readonly MutantDefinition[] = [
  {
    name: "hidden-is-absent",
    history:
      "klangk #2952, OpenClaw #135133: under hidepid a user sees only his own processes, and took the rest for dead",
    case: "hidden-processes",
    check: "bare-kept",
    also: TAKEN_OVER,
    patches: [{ file: PROC, find: '    system.readFile("/proc/1/stat");\n', replace: "" }],
  },
  {
    name: "believes-a-foreign-proc",
    history: "gbrain #2840: a namespace that still showed the host's /proc, where the own numbers are other processes",
    case: "namespace-without-proc",
    check: "held-kept",
    also: [...TAKEN_OVER, "owned-kept"],
    patches: [
      {
        file: PROC,
        find: 'if (system.readLink("/proc/self") !== String(system.self().pid)) return false;',
        replace: "",
      },
      {
        file: PROC,
        find: "return (readStatus(system, system.self().pid).depth ?? 1) === 1;",
        replace: "return true;",
      },
    ],
  },
  {
    name: "one-clock-for-all",
    history: "criu #2504 and time namespaces: a living process seemed to have started at another time",
    case: "time-namespace",
    check: "contender-ahead-no-witness-other-running",
    also: [...TAKEN_OVER, "contender-ahead-witness-other-running"],
    patches: [
      {
        file: "src/observe.ts",
        find: "if (timeNamespace !== undefined && timeNamespace !== system.self().timeNamespace) return undefined;",
        replace: "void timeNamespace;",
      },
    ],
  },
];
