import type { MutantDefinition } from "../../engine/case.js";
import { LOCK_GONE, NOBODY_HELD, TWO_HOLDERS } from "../consequences.js";
import { RENAMES_OVER_THE_LOCK } from "../patches.js";

const LOCK = "src/lock.ts";

export const exclusion: readonly MutantDefinition[] = [
  {
    name: "looks-then-overwrites",
    history: "hand-made locks: the lock was looked for, and then written with whatever replaces a file",
    case: "exclusive-basic",
    check: "loop-refused",
    also: TWO_HOLDERS,
    patches: RENAMES_OVER_THE_LOCK,
  },
  {
    name: "finds-the-dead-and-stops",
    history: "OpenClaw #111753, #112320, #128304: dead owners were detected, reported, and never cleared away",
    case: "exclusive-under-kill",
    check: "loop-refused",
    also: [...NOBODY_HELD, "until"],
    patches: [
      {
        file: "src/options.ts",
        find: 'flag("reclaim", given.reclaim) ?? true',
        replace: 'flag("reclaim", given.reclaim) ?? false',
      },
    ],
  },
  {
    name: "a-name-of-its-own",
    history: "OpenClaw #89102, #114033, ClawRouter #288: one party moved its lock, and nobody met there any more",
    case: "exclusive-with-openclaw",
    check: "counter/duplicate",
    also: TWO_HOLDERS,
    patches: [
      {
        file: "src/paths.ts",
        find: `const lockPath = \`\${target}.lock\`;`,
        replace: `const lockPath = \`\${target}.lck\`;`,
      },
    ],
  },
  {
    name: "truncates-what-it-opens",
    history: "nao1215/gup #464 and lockers of the flock kind: the lock was opened for writing, and so emptied",
    case: "try-lock-busy",
    check: "lock-untouched",
    also: [...LOCK_GONE, "bytes/torn"],
    patches: [
      {
        file: "src/ownership.ts",
        find: "constants.O_RDONLY |",
        replace: "constants.O_RDWR | constants.O_TRUNC |",
      },
    ],
  },
  {
    name: "nested-is-let-through",
    history: "fs-safe before 0.5, allowReentrant: an inner call ran under the outer lock, and its author did not know",
    case: "nested-same-task",
    check: "reentrant",
    patches: [
      {
        file: LOCK,
        find: "const lock = await acquireFileLock(target, options);",
        replace: `if (shared.nesting.getStore()?.lockPath === \`\${target}.lock\`) return body(undefined as never);\n  const lock = await acquireFileLock(target, options);`,
      },
    ],
  },
  {
    name: "waits-for-itself",
    history: "OpenClaw #97747, #88919: a nested call waited out its whole limit for the lock of its own caller",
    case: "nested-same-task",
    check: "reentrant",
    also: ["at-once"],
    patches: [
      {
        file: LOCK,
        find: "if (around.lockPath === paths.lockPath && around.isHeld()) {",
        replace: 'if (around.lockPath === "" && around.isHeld()) {',
      },
    ],
  },
  {
    name: "reentrant-for-the-whole-process",
    history: "OpenClaw #96000: a lock held anywhere in the process let every task of it in",
    case: "threads-exclude",
    check: "never-together",
    also: TWO_HOLDERS,
    patches: [
      {
        file: LOCK,
        find: "const lock = await acquireFileLock(target, options);",
        replace: `if ([...shared.owned].some(({ path }) => path === \`\${target}.lock\`)) return body(undefined as never);\n  const lock = await acquireFileLock(target, options);`,
      },
    ],
  },
];
