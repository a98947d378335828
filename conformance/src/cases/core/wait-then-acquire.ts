import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { gotIt } from "../support/expect.js";
import { cpuMs } from "../support/machine.js";

const HOLD_MS = 1_200;

export const waitThenAcquire: CaseDefinition = {
  id: "wait-then-acquire",
  title: "A waiter gets the lock soon after it is free, and does not spin meanwhile",
  group: "core",
  level: "MUST",
  rules: ["WAIT-5", "WAIT-7"],
  field: [1, 6],
  profile: "basic",
  needs: ["basic"],
  how: "One process holds for over a second while another waits. The waiter must get the lock soon after the release, must have used little processor time, and must have called its wait hook at the start and then at most once a second.",
  timeoutMs: 40_000,
  async run(context: CaseContext) {
    const target = context.target();
    const held = await (await context.spawn()).acquire(target);
    const waiter = await context.spawn();
    const before = cpuMs(waiter.osPid);
    const pending = waiter.startAcquire(target, { timeoutMs: context.limit(20_000) });
    await context.sleep(HOLD_MS);
    context.require("waits", !pending.settled, "the waiter did not wait for the holder");
    const used = cpuMs(waiter.osPid) - before;
    context.check("idle-while-waiting", used < HOLD_MS / 6, () => `${used} ms of processor time in ${HOLD_MS} ms`);

    await held.release();
    const releasedAt = performance.now();
    const got = gotIt(context, "served", await pending.result, "the lock was released");
    const late = performance.now() - releasedAt;
    context.check("served-soon", late < context.limit(1_000), () => `served ${Math.round(late)} ms after the release`);
    const most = 1 + Math.floor(got.waitedMs / 1_000);
    const isHookRight = got.waits >= 1 && got.waits <= most;
    context.check("wait-hook", isHookRight, () => `${got.waits} calls in ${got.waitedMs} ms, not 1 to ${most}`);
    await got.release();
  },
};
