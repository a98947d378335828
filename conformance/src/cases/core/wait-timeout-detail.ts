import { basename } from "node:path";
import type { CaseDefinition } from "../../engine/case.js";
import { timed, wasRefused } from "../support/expect.js";
import { lockOf } from "../support/files.js";

const LIMIT_MS = 300;

export const waitTimeoutDetail: CaseDefinition = {
  id: "wait-timeout-detail",
  title: "A wait that ends says who holds, for how long, and what to do",
  group: "core",
  level: "MUST",
  rules: ["WAIT-4", "ERROR-1", "ERROR-2"],
  field: [1, 2],
  profile: "basic",
  needs: ["basic", "detail"],
  how: "One process holds for longer than another is willing to wait. The waiter must be refused with file_lock_timeout at its limit, and the refusal must name lock, target, holder, age, verdict and the next step.",
  timeoutMs: 30_000,
  async run(context) {
    const target = context.target();
    const holder = await context.spawn();
    const held = await holder.acquire(target);
    const waiter = await context.spawn();
    const { result, ms } = await timed(() => waiter.tryAcquire(target, { timeoutMs: LIMIT_MS }));
    const error = wasRefused(context, "timed-out", result, "file_lock_timeout", "the lock is held");
    const isInTime = ms >= LIMIT_MS - 5 && ms < LIMIT_MS + context.limit(2_000);
    context.check("at-the-limit", isInTime, () => `a limit of ${LIMIT_MS} ms ended after ${Math.round(ms)} ms`);

    const { waitedMs = -1, lockPath, message, hint = "", holder: seen } = error;
    const isWaitRight = waitedMs >= LIMIT_MS - 5 && waitedMs <= ms + 5;
    context.check("waited", isWaitRight, () => `says ${waitedMs} ms of ${Math.round(ms)} ms`);
    context.check("lock-path", lockPath === lockOf(target), () => `says ${lockPath}`);
    context.check("target", error.target === target, () => `says ${error.target}`);
    const begin = `file lock timeout for ${target}`;
    context.check("openclaw-words", message.startsWith(begin), () => `the message begins ${message.slice(0, 120)}`);
    context.check("names-the-file", message.includes(basename(target)), () => message);
    context.check("hint", hint.trim().length > 10, () => `the next step is ${JSON.stringify(hint)}`);
    context.check("holder-pid", seen?.pid === holder.pid, () => `says ${seen?.pid}, not ${holder.pid}`);
    const { command, ageMs } = seen ?? {};
    context.check("holder-command", typeof command === "string" && command !== "", () => `says ${command}`);
    const isAge = typeof ageMs === "number" && ageMs >= 0 && ageMs < context.limit(30_000);
    context.check("holder-age", isAge, () => `says ${ageMs}`);
    context.check("holder-verdict", seen?.verdict === "held", () => `says ${seen?.verdict} (${seen?.reason})`);
    await held.release();
  },
};
