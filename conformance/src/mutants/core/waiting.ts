import type { MutantDefinition, Patch } from "../../engine/case.js";
import { LOCK_GONE, NOBODY_HELD } from "../consequences.js";

const ATTEMPT = "src/attempt.ts";
const ACQUIRE = "src/acquire.ts";
const PAUSE = "yield Math.min(backoff.next(), remainingMs);";

const deadline = (replace: string): readonly Patch[] => [
  { file: ATTEMPT, find: "const deadline = this.#startedAt + timeoutMs;", replace: `const deadline = ${replace};` },
];

export const waiting: readonly MutantDefinition[] = [
  {
    name: "spins-while-it-waits",
    history: "oh-my-codex #500: a waiter without a pause burnt the processor that the holder needed",
    case: "wait-then-acquire",
    check: "idle-while-waiting",
    also: ["served-soon", "wait-hook"],
    patches: [{ file: ACQUIRE, find: PAUSE, replace: "Math.min(backoff.next(), remainingMs);" }],
  },
  {
    name: "pauses-for-seconds",
    history: "career-ops #28: fixed long pauses, so that a free lock stood unused",
    case: "wait-then-acquire",
    check: "served-soon",
    patches: [{ file: "src/wait.ts", find: "return pause;", replace: "return pause * 0 + 3_000;" }],
  },
  {
    name: "reports-every-look",
    history: "a wait hook called at every poll: the log grows by a line for each look of each waiter",
    case: "wait-then-acquire",
    check: "wait-hook",
    patches: [
      {
        file: ATTEMPT,
        find: "now - this.#toldAt >= WAIT_EVENT_MS",
        replace: "now - this.#toldAt >= WAIT_EVENT_MS * 0",
      },
    ],
  },
  {
    name: "times-out-without-a-holder",
    history: "OpenClaw 2026.9.6: the time-out names neither owner nor age",
    case: "wait-timeout-detail",
    check: "holder-pid",
    also: ["holder-command", "holder-age", "holder-verdict"],
    patches: [
      {
        file: ATTEMPT,
        find: "return timeoutError(this.call, obstacle, this.system);",
        replace: "return timeoutError(this.call, undefined, this.system);",
      },
    ],
  },
  {
    name: "counts-the-limit-tenfold",
    history: "deadlines computed from retries: the real wait was a multiple of what was asked for",
    case: "wait-timeout-detail",
    check: "at-the-limit",
    patches: deadline("this.#startedAt + timeoutMs * 10"),
  },
  {
    name: "gives-up-too-soon",
    history: "claude-code #37678: a wait budget below the time that the work of others takes",
    case: "many-waiters-served",
    check: "loop-refused",
    also: NOBODY_HELD,
    patches: deadline("this.#startedAt + Math.min(timeoutMs, 100)"),
  },
  {
    name: "cancel-removes-the-lock",
    history: "abort handlers that clean up what they had not got yet",
    case: "wait-cancelled",
    check: "lock-untouched",
    also: LOCK_GONE,
    patches: [
      {
        file: ACQUIRE,
        find: "import { courtesyPause }",
        replace: 'import { rmSync } from "node:fs";\nimport { courtesyPause }',
      },
      {
        file: ACQUIRE,
        find: PAUSE,
        replace: `try {
        ${PAUSE}
      } catch (error) {
        rmSync(request.paths.lockPath, { force: true });
        throw error;
      }`,
      },
    ],
  },
  {
    name: "never-lets-others-in",
    history: "objectstack #15069: a busy process took its own lock again before any waiter had looked",
    case: "holder-lets-others-in",
    check: "let-in",
    patches: [{ file: ACQUIRE, find: "if (courtesyMs > 0) yield courtesyMs;", replace: "" }],
  },
];
