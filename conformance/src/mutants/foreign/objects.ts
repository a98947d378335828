import type { MutantDefinition } from "../../engine/case.js";
import { TAKEN_OVER } from "../consequences.js";

const VERDICT = "src/verdict.ts";
const LOCK_FILE = "src/lock-file.ts";
const NOT_REGULAR = '[(e) => e.object !== "regular", "foreign", "not-regular"],';

export const objects: readonly MutantDefinition[] = [
  {
    name: "empty-means-stale",
    history: "hivemind #117: no date was read as NaN, and NaN as older than any limit",
    case: "zero-byte",
    check: "young-waited-for",
    also: [...TAKEN_OVER, "young-kept", "young-released"],
    patches: [{ file: VERDICT, find: '"being-written", "empty-young"]', replace: '"stale", "empty-young"]' }],
  },
  {
    name: "old-and-empty-is-enough",
    history: "OpenClaw #113748: empty locks were removed by age, a locked file of flock's among them",
    case: "zero-byte",
    check: "empty",
    patches: [
      {
        file: VERDICT,
        find: 'return [e.kernelLock, e.anyDescriptor].every((seen) => seen === "none" || (trustPids && seen === "none-here"));',
        replace: 'return e.kernelLock !== "held" && trustPids !== undefined;',
      },
    ],
  },
  {
    name: "empties-what-it-unlinks",
    history: "gup #464: a lock that was a hard link to the data file was truncated in place",
    case: "hardlinked-lock",
    check: "other-name",
    patches: [
      {
        file: "src/guard.ts",
        find: "import { compare, removeDirectory",
        replace: 'import { truncateSync } from "node:fs";\nimport { compare, removeDirectory',
      },
      {
        file: "src/guard.ts",
        find: "\n  unlinkIfThere(judged.path);",
        replace: "\n  truncateSync(judged.path);\n  unlinkIfThere(judged.path);",
      },
    ],
  },
  {
    name: "directories-are-stale",
    history: "alphaclaw #52: the directory of proper-lockfile was cleaned away while its owner worked",
    case: "not-a-file",
    check: "directory",
    patches: [
      {
        file: VERDICT,
        find: NOT_REGULAR,
        replace: `[(e) => e.object === "directory", "stale", "directory"],\n  ${NOT_REGULAR}`,
      },
    ],
  },
  {
    name: "follows-links",
    history: "filelock #550, gup #462: a link at the lock path was followed, and what it led to was judged",
    case: "not-a-file",
    check: "link",
    also: TAKEN_OVER,
    patches: [
      {
        file: LOCK_FILE,
        find: "fstatSync, lstatSync, opendirSync,",
        replace: "fstatSync, lstatSync, opendirSync, statSync,",
      },
      {
        file: LOCK_FILE,
        find: "const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });",
        replace:
          "const wanted = { bigint: true, throwIfNoEntry: false } as const;\n  const stat = statSync(path, wanted) ?? lstatSync(path, wanted);",
      },
      { file: "src/ownership.ts", find: "(constants.O_NOFOLLOW ?? 0)", replace: "0" },
    ],
  },
  {
    name: "judges-what-fits",
    history: "fs-safe before 0.8: only the beginning of a large file was read, and believed",
    case: "oversized",
    check: "refused",
    patches: [
      { file: LOCK_FILE, find: 'object !== "regular" || stat.size > MAX_READ_BYTES', replace: 'object !== "regular"' },
      {
        file: LOCK_FILE,
        find: "Math.max(Number(stat.size), 1)",
        replace: "Math.min(Math.max(Number(stat.size), 1), MAX_READ_BYTES)",
      },
    ],
  },
];
