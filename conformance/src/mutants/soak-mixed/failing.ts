import type { MutantDefinition } from "../../engine/case.js";
import { LOCK_GONE, NOBODY_HELD } from "../consequences.js";

export const soakMixedMutants: readonly MutantDefinition[] = [
  {
    name: "cannot-look-is-lost",
    history:
      "proper-lockfile: one failing system call, and the lock was called compromised, though it was there and held",
    case: "soak-mixed",
    check: "release-refused",
    also: [...LOCK_GONE, ...NOBODY_HELD, "loop-refused", "acquire-refused"],
    patches: [
      {
        file: "src/ownership.ts",
        find: 'if (NOT_A_FILE.has(errno)) return "other";\n  throw error;',
        replace: 'return NOT_A_FILE.has(errno) ? "other" : "gone";',
      },
    ],
  },
  {
    name: "keeps-the-guard-of-a-failed-reclaim",
    history: "fs-safe #44: what went wrong under the guard left it behind, and its living owner kept everybody out",
    case: "soak-mixed",
    check: "acquire-refused",
    also: [...LOCK_GONE, ...NOBODY_HELD, "loop-refused", "until"],
    patches: [
      {
        file: "src/guard.ts",
        find: "    act();\n  } finally {\n    drop(guard,",
        replace: "    act();\n  } catch (error) {\n    throw error;\n  }\n  {\n    drop(guard,",
      },
    ],
  },
];
