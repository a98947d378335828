import type { MutantDefinition } from "../../engine/case.js";
import { LOCK_GONE, NOBODY_HELD } from "../consequences.js";
import { RELEASES_BY_NAME } from "../patches.js";

const ATTEMPT = "src/attempt.ts";
const HELD = "src/held.ts";

/** What is lost on both kinds of our locks, the young and the old. */
const both = (...checks: string[]): string[] => ["young", "old"].flatMap((age) => checks.map((one) => `${age}-${one}`));

export const meeting: readonly MutantDefinition[] = [
  {
    name: "empty-locks-stay",
    history: "OpenClaw to 2026.9.6: an empty lock is waited for until somebody removes it by hand",
    case: "locker-npm-lockfile",
    check: "taken",
    also: ["died-taken", ...NOBODY_HELD],
    patches: [{ file: "src/verdict.ts", find: '"stale", "empty-abandoned"],', replace: '"foreign", "empty"],' }],
  },
  {
    name: "removes-what-was-cut-off",
    history: "portalocker's Lock truncates the lock that it takes; a release by name then removes it under its holder",
    case: "locker-portalocker",
    check: "young-release",
    also: [...both("release", "theirs-untouched"), ...LOCK_GONE],
    patches: [RELEASES_BY_NAME],
  },
  {
    name: "verify-believes-itself",
    history: "verifyStillHeld of fs-safe before 0.4: what was never released is still held",
    case: "locker-portalocker-pid",
    check: "young-verify",
    also: both("verify"),
    patches: [
      {
        file: HELD,
        find: 'return compare(this.#publication.path, this.#publication.bytes) === "ours";',
        replace: "return !this.#isReleased;",
      },
    ],
  },
  {
    name: "loss-is-never-told",
    history:
      "OpenClaw to 2026.9.6: nightlyone's TryLock deletes a lock that it cannot read, and its holder never learns",
    case: "locker-nightlyone",
    check: "young-signal",
    also: both("signal"),
    patches: [{ file: "src/heartbeat.ts", find: "if (isLost(lock)) {", replace: "if (isLost(lock) && !timer) {" }],
  },
  {
    name: "a-file-is-a-file",
    history: "index.lock removed by a helpful script while git was at work: a broken index",
    case: "locker-git",
    check: "died-kept",
    patches: [
      {
        file: "src/abandoned.ts",
        find: '[(e) => !e.removable, "not-removable"],',
        replace: '[(e) => !e.removable && !isFile(e), "not-removable"],',
      },
    ],
  },
  {
    name: "foreign-means-now",
    history: "lockers that fail at the first look: a script's flock is over in a moment, as most locks are",
    case: "locker-flock-in-a-script",
    check: "held-bounded",
    also: ["held-waits", "let-go", ...NOBODY_HELD],
    patches: [
      {
        file: ATTEMPT,
        find: "Math.min(deadline, this.#foreignSince + foreignTimeoutMs)",
        replace: "Math.min(deadline, this.#foreignSince)",
      },
    ],
  },
];
