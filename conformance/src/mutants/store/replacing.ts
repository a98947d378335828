import type { MutantDefinition } from "../../engine/case.js";

const REPLACE = "src/store/replace.ts";
const TEMPORARY = "src/store/temporary.ts";

export const storeReplacing: readonly MutantDefinition[] = [
  {
    name: "writes-the-whole-file-anew",
    history: "#89331: a helper that knew half of the keys wrote the store back with its own half, spelled its own way",
    case: "store-edits",
    check: "bytes",
    patches: [
      {
        file: "src/store/edit.ts",
        find: 'result = Buffer.from(applyEdit(text, edit), "utf8");',
        replace:
          'result = Buffer.from(JSON.stringify(JSON.parse(applyEdit(text, edit)), null, 2).concat("\\n"), "utf8");',
      },
    ],
  },
  {
    name: "forgets-the-mode",
    history: "aws-cli #9632, #88029: the replaced credentials file had the mode of the umask",
    case: "store-replaced-whole",
    check: "mode",
    also: ["new-mode"],
    patches: [
      {
        file: TEMPORARY,
        find: "if ((Number(fstatSync(fd, { bigint: true }).mode) & 0o7777) !== mode) fchmodSync(fd, mode);",
        replace: "void mode;",
      },
    ],
  },
  {
    name: "overwrites-what-came-meanwhile",
    history: "ValueCell-ai/ClawX #758, #82569: a writer without the lock lost its update to one with it",
    case: "store-changed-meanwhile",
    check: "replaced",
    patches: [
      {
        file: REPLACE,
        find: "if (!isAsRead(paths.target, isOurChange ? { ...snapshot, identity: old } : snapshot))",
        replace: "if (isOurChange && !isAsRead)",
      },
    ],
  },
  {
    name: "renames-over-a-store-that-has-appeared",
    history: "portalocker #114: open_atomic clobbered a file that had been made meanwhile",
    case: "store-changed-meanwhile",
    check: "appeared",
    also: ["appeared-stays"],
    patches: [{ file: REPLACE, find: "else linkNew(from, to, path);", replace: "else renameSync(from, to);" }],
  },
  {
    name: "commits-without-its-lock",
    history: "md-redline #49, OpenClaw itself: nobody looked whether the lock was still held before the commit",
    case: "store-not-locked",
    check: "refused",
    patches: [
      {
        file: REPLACE,
        find: "if (!locks.every((lock) => lock.verify())) throw",
        replace: "if (locks.length === 0) throw",
      },
    ],
  },
  {
    name: "replaces-a-link",
    history: "#90575: a shared login was a symbolic link, and the rename put a file of one's own into its place",
    case: "store-unsupported",
    check: "refuses-symlink",
    patches: [
      {
        file: "src/store/replaceable.ts",
        find: "if (!found.isFile()) throw",
        replace: "if (!found.isFile() && !found.isSymbolicLink()) throw",
      },
    ],
  },
  {
    name: "takes-the-store-for-itself",
    history: "field case 45: a helper run by another user left a store that its owner could not read any more",
    case: "store-permission",
    check: "owner",
    patches: [{ file: TEMPORARY, find: "throw ownerNotKept(target);", replace: "void ownerNotKept;" }],
  },
  {
    name: "leaves-its-temporary-file",
    history:
      "antithesishq/snouty #178: a write that failed for want of space left its half there, and took the rest of it",
    case: "store-full",
    check: "no-temporary",
    also: ["works-again", "leftovers/file"],
    patches: [{ file: REPLACE, find: "if (temporary !== reserve) temporary?.discard();", replace: "void reserve;" }],
  },
  {
    name: "sweeps-a-reserve-as-a-candidate",
    history: "the age of a lock's candidate, 30 s, applied to what a slow refresh had still to write its token into",
    case: "store-killed",
    check: "young-stays",
    patches: [{ file: "src/store/sweep.ts", find: "> STORE_SWEEP_MS;", replace: "> STORE_SWEEP_MS / 20;" }],
  },
];
