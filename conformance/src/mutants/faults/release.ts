import type { MutantDefinition } from "../../engine/case.js";
import { LOCK_GONE, TAKEN_OVER } from "../consequences.js";
import { SILENCE_IS_DEATH } from "../patches.js";

const HELD = "src/held.ts";

export const releaseStopped: readonly MutantDefinition[] = [
  {
    name: "takes-from-a-stopped-release",
    history: "proper-lockfile: the compromised holder, continued, unlinked what was its successor's by then",
    case: "release-stopped",
    check: "kept",
    also: TAKEN_OVER,
    patches: SILENCE_IS_DEATH,
  },
  {
    name: "gone-at-the-unlink-is-lost",
    history: "work that was over was reported as unprotected, because a cleaner came between two steps of the release",
    case: "release-stopped",
    check: "gone-meanwhile",
    also: LOCK_GONE,
    patches: [
      {
        file: HELD,
        find: "import { compare, unlinkIfThere }",
        replace: 'import { unlinkSync } from "node:fs";\nimport { compare }',
      },
      {
        file: HELD,
        find: "    unlinkIfThere(path);",
        replace: "    try {\n      unlinkSync(path);\n    } catch {\n      throw this.#endLost();\n    }",
      },
    ],
  },
];
