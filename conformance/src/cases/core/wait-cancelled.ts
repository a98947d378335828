import type { CaseDefinition } from "../../engine/case.js";
import { keeps, leftNothing, timed, wasRefused } from "../support/expect.js";
import { bytesOf } from "../support/files.js";

export const waitCancelled: CaseDefinition = {
  id: "wait-cancelled",
  title: "A cancelled wait ends at once and leaves nothing behind",
  group: "core",
  level: "MUST",
  rules: ["WAIT-4", "PUBLISH-9"],
  field: [3],
  profile: "basic",
  needs: ["basic", "cancel"],
  parallel: true,
  how: "A waiter is cancelled while another process holds. It must end at once as cancelled, must not have touched the lock, must leave nothing behind, and must be able to take the lock later.",
  timeoutMs: 40_000,
  async run(context) {
    const target = context.target();
    const held = await (await context.spawn()).acquire(target);
    const bytes = bytesOf(held.lockPath);
    const waiter = await context.spawn();
    const pending = waiter.startAcquire(target, { timeoutMs: context.limit(20_000) });
    await context.sleep(100);
    const { result, ms } = await timed(() => pending.cancel());
    wasRefused(context, "cancelled", result, "cancelled", "the wait was cancelled");
    context.check("at-once", ms < context.limit(3_000), () => `the cancellation took ${Math.round(ms)} ms`);
    keeps(context, "lock-untouched", held.lockPath, bytes, "a cancelled waiter must not touch the lock");
    await held.release();
    leftNothing(context, "nothing-left", target, "a cancelled wait");
    await (await waiter.acquire(target)).release();
  },
};
