import type { MutantDefinition } from "../../engine/case.js";
import { NOBODY_HELD } from "../consequences.js";

const FINDING = "src/foreign-finding.ts";
const FOREIGN = "src/foreign.ts";
const KERNEL = "src/kernel-locks.ts";

/** What a wrong name costs, while it is held and after its maker has died. */
const MISNAMED = ["held-sentence", "held-inspected", "died-kind", "died-sentence", "died-removed", ...NOBODY_HELD];

export const naming: readonly MutantDefinition[] = [
  {
    name: "counts-who-waits",
    history: "lslocks and scripts around /proc/locks: whoever waits for a lock was listed as its holder",
    case: "foreign-verdicts",
    check: "kernel-locks",
    patches: [{ file: KERNEL, find: "/^[0-9]+: +([A-Z]+)", replace: "/^[0-9]+: +(?:-> +)?([A-Z]+)" }],
  },
  {
    name: "directories-are-all-alike",
    history: "OpenClaw to 2026.9.6: a directory at the lock path is `not-file`, and nobody learns whose it is",
    case: "locker-proper-lockfile",
    check: "held-kind",
    also: MISNAMED,
    patches: [
      {
        file: FINDING,
        find: 'isEmptyDirectory: object === "directory" && isEmptyDirectory(path),',
        replace: "isEmptyDirectory: isEmptyDirectory.length > 1,",
      },
    ],
  },
  {
    name: "reads-no-pid-of-others",
    history: "OpenClaw #85118: an error that names no holder, while the holder's number stands in the file",
    case: "locker-cross-process-lock",
    check: "held-pid",
    also: ["held-command", "died-pid"],
    patches: [
      {
        file: FOREIGN,
        find: "if (pidKey !== undefined) {",
        replace: "if (pidKey !== undefined && bytes.length === 0) {",
      },
    ],
  },
  {
    name: "numbers-end-at-20-digits",
    history: "this contract before it met the real SoftFileLock, whose last line has 58 digits on Linux",
    case: "locker-filelock-soft",
    check: "held-kind",
    also: [...MISNAMED, "held-pid", "held-command", "died-pid"],
    patches: [{ file: FOREIGN, find: "[0-9]{1,64}", replace: "[0-9]{1,20}" }],
  },
  {
    name: "blames-the-dead",
    history: "/proc/locks: of a shell's `exec 9>lock; flock 9` the kernel names the flock(1) that has ended long ago",
    case: "locker-flock-in-a-script",
    check: "held-kernel-lock",
    also: ["held-said"],
    patches: [{ file: KERNEL, find: ' && system.signal(pid) !== "ESRCH"', replace: "" }],
  },
  {
    name: "flock-is-invisible",
    history:
      "OpenClaw #85118: the empty file of filelock's FileLock stood in the way for nine days, and nobody said whose",
    case: "locker-filelock",
    check: "held-kind",
    also: ["held-sentence", "held-inspected", "held-kernel-lock", "held-said", "held-inspected-kernel-lock"],
    patches: [{ file: KERNEL, find: 'if (system.platform !== "linux") return [];', replace: "if (dev) return [];" }],
  },
  {
    name: "fcntl-is-invisible",
    history: "flock alone was looked for: fasteners and lockf lock with fcntl",
    case: "locker-fasteners",
    check: "held-kind",
    also: ["held-sentence", "held-inspected", "held-kernel-lock", "held-said", "held-inspected-kernel-lock"],
    patches: [{ file: KERNEL, find: 'POSIX: "fcntl", ', replace: "" }],
  },
  {
    name: "a-number-without-a-name",
    history: "a pid alone, of a program that has ended by the time at which somebody reads the log",
    case: "locker-gofrs-flock",
    check: "held-kernel-lock",
    also: ["held-said"],
    patches: [
      {
        file: KERNEL,
        find: "pid === undefined ? undefined : commandOf(pid, system);",
        replace: "pid === undefined || system ? undefined : commandOf(pid, system);",
      },
    ],
  },
  {
    name: "kernel-locks-unsaid",
    history: "what is only in a field of the error, and not in its message, is in nobody's log",
    case: "locker-flock",
    check: "held-said",
    patches: [
      {
        file: "src/messages.ts",
        find: "...describeKernelLocks(call, more.kernelLocks ?? []), hint]",
        replace: "...describeKernelLocks(call, []), hint]",
      },
    ],
  },
  {
    name: "only-the-lock-is-asked-about",
    history: "OpenClaw to 2026.9.6: a script's flock on the file that is guarded is invisible (field case 60)",
    case: "flock-reported",
    check: "flock-write-free-kernel-lock",
    also: [
      ...["flock-write", "flock-read", "fcntl-write", "fcntl-read", "ofd-write"].flatMap((name) =>
        ["free-kernel-lock", "held-kernel-lock", "refused-kernel-lock", "refused-said"].map(
          (check) => `${name}-${check}`,
        ),
      ),
      ...["both-target", "shared", "two-open", "dead"].flatMap((name) => [`${name}-kernel-lock`, `${name}-said`]),
      "both-in-order",
    ],
    patches: [{ file: KERNEL, find: ', ...locksOn("target", target, statSync, system)];', replace: "];" }],
  },
];
