import type { MutantDefinition } from "../../engine/case.js";
import { NOBODY_HELD, TAKEN_OVER } from "../consequences.js";
import { MAY_BREAK } from "../patches.js";

const ABANDONED = "src/abandoned.ts";
const GUARD = "src/guard.ts";

const REMOVABLE = [
  "proper-lockfile",
  "pid-file",
  "filelock-soft",
  "filelock-lease",
  "cross-process-lock",
  "openclaw-torn",
];
const PERMANENT = ["directory", "filelock-strict", "git", "json-without-owner", "garbage"];
const LATER_POINTS = ["reclaim-rejudged", "reclaim-unlinked", "reclaim-published"];

export const removing: readonly MutantDefinition[] = [
  {
    name: "removes-unasked",
    history: "OpenClaw #112854, alphaclaw #52: locks of other programs were cleaned away, and nobody had asked",
    case: "foreign-kept",
    check: "default-pid-file",
    also: [
      ...REMOVABLE.flatMap((kind) => [`default-${kind}`, `off-${kind}`]),
      ...PERMANENT.map((kind) => `asked-${kind}-hint`),
      ...TAKEN_OVER,
    ],
    patches: [
      {
        file: "src/attempt.ts",
        find: "if (!this.settings.removeForeign) return undefined;",
        replace: "if (this.settings.staleMs < 0) return undefined;",
      },
    ],
  },
  {
    name: "removes-at-first-sight",
    history: "a machine that wakes up finds every lock old: the living have had no time to touch theirs",
    case: "foreign-removed",
    check: "pid-file-watched",
    also: [...REMOVABLE.flatMap((kind) => [`${kind}-watched`, `${kind}-too-soon`]), ...TAKEN_OVER],
    patches: [{ file: ABANDONED, find: " || !isSilent(silence(e), policy)", replace: "" }],
  },
  {
    name: "age-speaks-against-the-living",
    history:
      "cross-process-lock's lockTimeout, SoftFileLock's lifetime: the owner lives, and loses its lock to a clock",
    case: "foreign-in-use",
    check: "pid-file",
    also: [...REMOVABLE, ...NOBODY_HELD],
    patches: [{ file: ABANDONED, find: '  [(e) => e.owner === "lives", "owner-lives"],\n', replace: "" }],
  },
  {
    name: "nobody-here-is-nobody",
    history: "OpenClaw in a container: a writer that is not seen from there was taken for none",
    case: "foreign-unseen",
    check: "unseen-openclaw-torn",
    also: TAKEN_OVER,
    patches: [
      {
        file: ABANDONED,
        find: '=== "none" || (trustPids && seen === "none-here"));',
        replace: '!== "unknown" && trustPids !== undefined);',
      },
    ],
  },
  {
    name: "removes-by-name",
    history: "proper-lockfile #121, SoftFileLock: between the look and the removal somebody else had taken the lock",
    case: "foreign-removal-race",
    check: "release-refused",
    also: ["served", ...TAKEN_OVER, ...NOBODY_HELD],
    patches: [
      {
        file: GUARD,
        find: "if (!again || !isUntouched(judged.file, again.file)) return false;",
        replace: "void isUntouched;",
      },
      {
        file: GUARD,
        find: 'if (again.judgement.verdict !== "foreign" || !scene.isAbandoned(again)) return false;',
        replace: "if (!again) return false;",
      },
    ],
  },
  {
    name: "guards-outlive-removers",
    history: "fs-safe's guard after a kill: it stays for ever, and so does what it stood before",
    case: "foreign-remover-killed",
    check: "reclaim-guarded-pid-file-next",
    also: ["reclaim-guarded", ...LATER_POINTS].flatMap((point) =>
      ["proper-lockfile", "pid-file"].map((kind) => `${point}-${kind}-next`),
    ),
    patches: [{ file: GUARD, find: MAY_BREAK, replace: "return finding.quietMs() < 0;" }],
  },
  {
    name: "removes-directories-with-all",
    history: "rm -rf of a lock directory: proper-lockfile itself removes with rmdir, for what somebody has put into it",
    case: "foreign-changed",
    check: "filled-late-stays",
    also: ["filled-late", "filled-late-content", ...TAKEN_OVER],
    patches: [
      { file: "src/ownership.ts", find: "    rmdirSync(path);", replace: "    rmSync(path, { recursive: true });" },
      { file: "src/ownership.ts", find: "openSync, rmdirSync,", replace: "openSync, rmSync," },
    ],
  },
];
