import type { MutantDefinition } from "../../engine/case.js";
import { LOCK_GONE } from "../consequences.js";
import { RELEASES_BY_NAME } from "../patches.js";

const HELD = "src/held.ts";
const LOCK = "src/lock.ts";
const COMPARE = 'if (compare(path, bytes) !== "ours") throw this.#endLost();';
const RELEASED_ALREADY = "if (this.#isReleased) return;\n    try {";

export const release: readonly MutantDefinition[] = [
  {
    name: "keeps-the-lock-after-a-throw",
    history: "OpenClaw #86530, #86025: a release that stood after the work, and not in a finally",
    case: "release-on-throw-cancel",
    check: "released-after-throw",
    also: ["released-after-cancel", "released-after-timeout", "loss-attached"],
    patches: [
      {
        file: LOCK,
        find: "result = await shared.nesting.run(nestingOf(lock), () => body(lock));\n  } catch (error) {\n    releaseAfter(error, lock);",
        replace: "result = await shared.nesting.run(nestingOf(lock), () => body(lock));\n  } catch (error) {",
      },
    ],
  },
  {
    name: "release-error-hides-the-body-s",
    history: "finally blocks that throw: the reason why the work had failed was never seen",
    case: "release-on-throw-cancel",
    check: "body-error-wins",
    also: ["loss-attached"],
    patches: [{ file: LOCK, find: "attachReleaseError(bodyError, releaseError);", replace: "throw releaseError;" }],
  },
  {
    name: "second-release-is-an-error",
    history: "callers that release in an abort handler and in a finally",
    case: "release-idempotent",
    check: "second-succeeds",
    also: ["late-succeeds"],
    patches: [{ file: HELD, find: RELEASED_ALREADY, replace: "try {" }],
  },
  {
    name: "late-release-removes-the-next-lock",
    history: "claude-swap #269: a late second release unlinked by name what was somebody else's by then",
    case: "release-idempotent",
    check: "successor-kept",
    also: LOCK_GONE,
    patches: [{ file: HELD, find: RELEASED_ALREADY, replace: "try {" }, RELEASES_BY_NAME],
  },
  {
    name: "releases-by-name",
    history: "md-redline #49, cortextos #841, OpenClaw up to 2026.5.7: release unlinked without looking",
    case: "release-not-mine",
    check: "replaced-left-alone",
    also: [
      "removed-says-lost",
      "replaced-says-lost",
      "shortened-says-lost",
      "shortened-left-alone",
      "one-byte-differs-says-lost",
      "one-byte-differs-left-alone",
    ],
    patches: [RELEASES_BY_NAME],
  },
  {
    name: "owns-by-token",
    history: "locks known by one field: a cut or rewritten record was taken for the own one, and removed",
    case: "release-not-mine",
    check: "shortened-left-alone",
    also: ["shortened-says-lost", "one-byte-differs-left-alone", "one-byte-differs-says-lost", "removed-says-lost"],
    patches: [
      {
        file: HELD,
        find: "import { monotonic }",
        replace: 'import { existsSync, readFileSync } from "node:fs";\nimport { monotonic }',
      },
      {
        file: HELD,
        find: 'if (compare(path, bytes) !== "ours") throw',
        replace: "if (!existsSync(path) || !readFileSync(path).includes(this.token)) throw",
      },
    ],
  },
  {
    name: "owns-by-inode",
    history: "OpenClaw #106777, fs-safe #45: on file systems with changing inode numbers release kept the own lock",
    case: "release-not-mine",
    check: "release-refused",
    also: LOCK_GONE,
    patches: [
      {
        file: HELD,
        find: "import { monotonic }",
        replace: 'import { fstatSync, lstatSync } from "node:fs";\nimport { monotonic }',
      },
      {
        file: HELD,
        find: COMPARE,
        replace: `${COMPARE}\n    if (fstatSync(this.#publication.fd!).ino !== lstatSync(path).ino) throw this.#endLost();`,
      },
    ],
  },
  {
    name: "swallows-a-failed-release",
    history: "OpenClaw #128032, openhuman #4064: the error of the unlink was dropped, and the own live pid blocked all",
    case: "release-retry",
    check: "failure-surfaces",
    patches: [
      { file: "src/ownership.ts", find: 'if (errnoOf(error) !== "ENOENT") throw error;', replace: "void error;" },
    ],
  },
  {
    name: "verifies-from-memory",
    history: "md-redline #49: the holder asked its own variable whether it still had the lock",
    case: "lost-lock-detected",
    check: "verify-file-gone",
    also: ["verify-directory-gone", "history/impossible"],
    patches: [
      {
        file: HELD,
        find: 'return compare(this.#publication.path, this.#publication.bytes) === "ours";',
        replace: "return this.isHeld;",
      },
    ],
  },
  {
    name: "never-notices-a-loss",
    history: "pi-maestro-flow #31, OpenClaw 2026.9.6: the holder went on working for hours without its lock",
    case: "lost-lock-detected",
    check: "signal-file-gone",
    also: ["signal-directory-gone", "signal-once"],
    patches: [
      {
        file: "src/heartbeat.ts",
        find: "if (isLost(lock)) {",
        replace: "if (isLost(lock) && lock.bytes.length === 0) {",
      },
    ],
  },
  {
    name: "release-hides-the-loss",
    history: "OpenClaw 2026.9.6: release reports success when the lock was lost, replaced or rewritten",
    case: "lost-lock-detected",
    check: "release-says-lost",
    also: ["history/impossible"],
    patches: [{ file: HELD, find: "throw this.#endLost();", replace: "return this.#end();" }],
  },
  {
    name: "beats-by-path",
    history: "proper-lockfile: the heartbeat touched whatever was at the path, a successor's lock included",
    case: "heartbeat",
    check: "other-not-touched",
    patches: [
      {
        file: "src/heartbeat.ts",
        find: "import { fstatSync, futimesSync } from",
        replace: "import { fstatSync, utimesSync } from",
      },
      {
        file: "src/heartbeat.ts",
        find: "futimesSync(lock.fd, now, now);",
        replace: "utimesSync(lock.path, now, now);",
      },
      { file: "src/heartbeat.ts", find: "retryAbandoned();\n", replace: "retryAbandoned();\n      touch(lock);\n" },
    ],
  },
];
