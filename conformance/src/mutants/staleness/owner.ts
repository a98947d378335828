import type { MutantDefinition } from "../../engine/case.js";
import { NOBODY_HELD, TAKEN_OVER } from "../consequences.js";
import { ABSENT_DESCRIPTOR_TELLS_NOTHING, ONE_NAMESPACE_FOR_ALL } from "../patches.js";

const OBSERVE = "src/observe.ts";

export const owner: readonly MutantDefinition[] = [
  {
    name: "zombies-live",
    history: "OpenClaw #125658, firstmate #3897: signal 0 reaches a process that nobody has waited for",
    case: "zombie-owner",
    check: "helper-lock",
    also: NOBODY_HELD,
    patches: [
      {
        file: "src/proc.ts",
        find: "return status.threads !== undefined && status.threads <= 1;",
        replace: "return false;",
      },
    ],
  },
  {
    name: "eperm-is-dead",
    history: "OpenClaw #110235, uutils/shadow #28: not being allowed to signal was read as nobody there",
    case: "other-user-owner",
    check: "helper",
    patches: [
      { file: OBSERVE, find: 'if (signal === "ESRCH") return "gone";', replace: 'if (signal !== "ok") return "gone";' },
    ],
  },
  {
    name: "pid-without-start-time",
    history: "OpenClaw #5006, #86814: another program had the dead owner's number, and the lock stayed for days",
    case: "recycled-pid",
    check: "helper-lock",
    also: NOBODY_HELD,
    patches: [{ file: OBSERVE, find: 'if (actual === recorded) return "equal";', replace: 'return "equal";' }],
  },
  {
    name: "any-live-pid-is-the-owner",
    history: "OpenClaw #74346, #75028: the restarted container waited for its own ghost",
    case: "recycled-pid-no-starttime",
    check: "old-taken",
    also: NOBODY_HELD,
    patches: ABSENT_DESCRIPTOR_TELLS_NOTHING,
  },
  {
    name: "unidentified-is-dead",
    history: "OpenClaw #81678: what could not be identified was removed, however young",
    case: "recycled-pid-no-starttime",
    check: "young-kept",
    patches: [
      {
        file: "src/verdict.ts",
        find: 'isUnidentified(e) && e.descriptor === "absent" && isQuiet(e, policy),',
        replace: 'isUnidentified(e) && e.descriptor === "absent" && policy.staleMs >= 0,',
      },
    ],
  },
  {
    name: "command-name-parsed-by-blanks",
    history: "OpenClaw #31320: fields of /proc/PID/stat were counted after the first bracket",
    case: "comm-with-parens",
    check: "helper-lock",
    patches: [{ file: "src/identity.ts", find: 'stat.lastIndexOf(")")', replace: 'stat.indexOf(")")' }],
  },
  {
    name: "counts-its-own-descriptor",
    history: "fuser-like checks: the reader had the lock open itself, and took itself for the holder",
    case: "seed-pid-1",
    check: "own-pid",
    also: NOBODY_HELD,
    patches: [{ file: "src/lock-file.ts", find: "    closeQuietly(fd);", replace: "    void closeQuietly;" }],
  },
  {
    name: "one-namespace-for-all",
    history: "gbrain #2840, OpenClaw 2026.9.6: a pid of another container was looked up in the own one",
    case: "invisible-owner",
    check: "seen-from-outside",
    also: TAKEN_OVER,
    patches: ONE_NAMESPACE_FOR_ALL,
  },
];
