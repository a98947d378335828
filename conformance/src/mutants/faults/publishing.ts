import type { MutantDefinition } from "../../engine/case.js";
import { NOBODY_HELD } from "../consequences.js";

const SIDECAR = "src/sidecar.ts";
const ATTEMPT = "src/attempt.ts";

export const publishing: readonly MutantDefinition[] = [
  {
    name: "creates-then-writes",
    history: "OpenClaw 2026.9.6, overdeck #26, filelock #601: made empty and written afterwards; a kill leaves it torn",
    case: "kill-in-acquire",
    check: "whole-or-none",
    also: [...NOBODY_HELD, "next-acquires", "bytes/torn"],
    patches: [
      {
        file: SIDECAR,
        find: "const linked = publishByLink(candidate.path, path, bytes, steps);",
        replace: 'const linked = "no-links" as ReturnType<typeof publishByLink>;',
      },
      {
        file: "src/descriptor.ts",
        find: "writeSync(fd, bytes, written, bytes.length - written, at);",
        replace: "writeSync(fd, bytes, written, 1, at);",
      },
    ],
  },
  {
    name: "swept-candidate-is-fatal",
    history: "a cleaner that removes a temporary file made the locker fail, instead of begin again",
    case: "candidate-fates",
    check: "swept-begins-again",
    also: NOBODY_HELD,
    patches: [
      {
        file: SIDECAR,
        find: 'if (errno === "EEXIST" || errno === "ENOENT") return undefined;',
        replace: 'if (errno === "EEXIST") return undefined;',
      },
    ],
  },
  {
    name: "candidate-made-once",
    history: "a candidate that was kept while its owner waited was 31 s old when it appeared, and stolen by age",
    case: "candidate-fates",
    check: "fresh-candidate",
    also: ["fresh-date"],
    patches: [
      {
        file: ATTEMPT,
        find: "const draft = this.draft({ heartbeatMs: this.#heartbeatMs, purpose: this.settings.purpose });",
        replace:
          "const draft = (this.#kept ??= this.draft({ heartbeatMs: this.#heartbeatMs, purpose: this.settings.purpose }));",
      },
      {
        file: ATTEMPT,
        find: "  #foreignSince = 0;\n",
        replace: '  #foreignSince = 0;\n  #kept: ReturnType<Contender["draft"]> | undefined;\n',
      },
    ],
  },
  {
    name: "insists-on-hard-links",
    history: "filelock #669: file systems and kernels that refuse links made the locker useless",
    case: "no-hard-links",
    check: "acquired",
    also: NOBODY_HELD,
    patches: [{ file: SIDECAR, find: 'if (NO_LINKS.has(errno)) return "no-links";', replace: "void NO_LINKS;" }],
  },
];
