import type { MutantDefinition } from "../../engine/case.js";
import { TAKEN_OVER } from "../consequences.js";

const PATHS = "src/paths.ts";

export const argumentsAndErrors: readonly MutantDefinition[] = [
  {
    name: "accepts-nan",
    history: "fs-safe before 0.10: a delay of 0 times an overflow was NaN, and the wait had no end",
    case: "bad-numbers",
    check: "refused",
    patches: [
      {
        file: "src/options.ts",
        find: 'typeof value === "number" && value >= 0 && value <= MAX_TIMEOUT_MS',
        replace: 'typeof value === "number" && !(value < 0) && !(value > MAX_TIMEOUT_MS)',
      },
    ],
  },
  {
    name: "makes-parents-unasked",
    history: "OpenClaw 2026.9.6: a mistyped path grew a directory tree, and the lock guarded nothing",
    case: "bad-paths",
    check: "missing-parent",
    patches: [
      {
        file: "src/options.ts",
        find: 'flag("createParent", given.createParent) ?? false',
        replace: 'flag("createParent", given.createParent) ?? true',
      },
    ],
  },
  {
    name: "takes-a-directory-for-a-file",
    history: "OpenClaw #51476 review: names that end in a slash or in dots met the lock of something else",
    case: "bad-paths",
    check: "slash",
    patches: [{ file: PATHS, find: 'if (last === "" || last === "."', replace: 'if (last === "."' }],
  },
  {
    name: "keeps-the-parent-s-spelling",
    history: "filelock #621, OpenClaw #90575: a linked parent gave the same file a second lock",
    case: "path-spellings",
    check: "same-path",
    patches: [{ file: PATHS, find: "realpathSync.native(parent);", replace: "parent.slice(0);" }],
  },
  {
    name: "dots-go-through-the-link",
    history: "two readings of link/..: the file system's, and the one by name that OpenClaw takes",
    case: "path-spellings",
    check: "one-lock",
    also: TAKEN_OVER,
    patches: [{ file: PATHS, find: "return resolve(target);", replace: "return target.slice(resolve.length * 0);" }],
  },
  {
    name: "resolves-the-final-link",
    history: "filelock #647: the lock was put beside what a link led to, and OpenClaw's beside the link",
    case: "path-spellings",
    check: "final-link",
    patches: [
      {
        file: PATHS,
        find: "const target = join(directory, basename(absolute));",
        replace:
          "let target = join(directory, basename(absolute));\n  try {\n    target = realpathSync.native(target);\n  } catch {}",
      },
    ],
  },
  {
    name: "permission-is-just-an-error",
    history: "openhuman #2072: what may not be read or written was folded into one general failure",
    case: "permission",
    check: "unreadable-lock",
    patches: [
      { file: "src/messages.ts", find: 'new Set(["EACCES", "EPERM", "EROFS"])', replace: 'new Set(["EROFS"])' },
    ],
  },
  {
    name: "prints-names-raw",
    history: "OpenClaw #83383: names and contents of files went into messages as they were",
    case: "error-escapes",
    check: "names-escaped",
    patches: [
      {
        file: "src/escape.ts",
        find: "return bounded.replace(UNSAFE, (character) =>",
        replace: "return bounded.replace(/\\0/g, (character) =>",
      },
    ],
  },
];
