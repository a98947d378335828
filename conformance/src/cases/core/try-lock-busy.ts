import type { CaseDefinition } from "../../engine/case.js";
import { keeps, timed, wasRefused } from "../support/expect.js";
import { bytesOf } from "../support/files.js";

export const tryLockBusy: CaseDefinition = {
  id: "try-lock-busy",
  title: "A try without waiting says at once that the lock is held",
  group: "core",
  level: "MUST",
  rules: ["WAIT-2", "PUBLISH-1"],
  field: [1],
  profile: "basic",
  needs: ["basic"],
  parallel: true,
  how: "One process holds; another asks with a time-out of zero. It must be refused with file_lock_timeout at once, and the holder's lock must be as it was.",
  timeoutMs: 20_000,
  async run(context) {
    const target = context.target();
    const held = await (await context.spawn()).acquire(target);
    const bytes = bytesOf(held.lockPath);
    const other = await context.spawn();
    const { result, ms } = await timed(() => other.tryAcquire(target, { timeoutMs: 0 }));
    wasRefused(context, "busy", result, "file_lock_timeout", "the lock is held");
    context.check("at-once", ms < context.limit(3_000), () => `the refusal took ${Math.round(ms)} ms`);
    keeps(context, "lock-untouched", held.lockPath, bytes, "a try must not touch a held lock");
    await held.release();
  },
};
