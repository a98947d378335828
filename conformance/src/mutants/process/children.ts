import type { MutantDefinition } from "../../engine/case.js";

const CHILDREN = "driver/children.ts";

/** A descriptor of the lock is handed on, as a runtime does that opens without O_CLOEXEC. */
const HANDS_ON = `{
      stdio: ["ignore", "ignore", "ignore", ...process.getBuiltinModule("node:fs").readdirSync("/proc/self/fd").filter((name) => {
        try {
          return process.getBuiltinModule("node:fs").readlinkSync("/proc/self/fd/" + name).includes(".openclaw-lock-");
        } catch {
          return false;
        }
      }).map(Number)],
    }`;

export const children: readonly MutantDefinition[] = [
  {
    name: "hands-its-descriptors-on",
    history: "flock(1) without -o, Python 2: a daemon that a holder had started kept the lock for weeks",
    case: "exec-child",
    check: "exec-no-descriptor",
    patches: [
      {
        file: CHILDREN,
        find: 'spawn("sleep", ["36000"], { stdio: "ignore" })',
        replace: `spawn("sleep", ["36000"], ${HANDS_ON})`,
      },
    ],
  },
  {
    name: "workers-clean-up-for-all",
    history: "signal-exit in every copy of proper-lockfile: whatever ends first removes the locks of the process",
    case: "worker-child",
    check: "worker-ended-kept",
    also: ["worker-ended-verified", "worker-ended-held", "referee/overlap", "release-refused", "history/impossible"],
    patches: [
      {
        file: CHILDREN,
        find: "  else process.exit(0);",
        replace:
          '  else {\n    process.getBuiltinModule("node:fs").rmSync(target + ".lock");\n    process.exit(0);\n  }',
      },
    ],
  },
];
