import type { CaseDefinition } from "../../engine/case.js";
import { acquired, answered, refusedWith, replaceStore, startAdopt, storeWith, waits } from "../support/adopting.js";
import { leftNothing, timed } from "../support/expect.js";
import { isThere, lockOf } from "../support/files.js";

export const adoptThenAcquires: CaseDefinition = {
  id: "adopt-then-acquires",
  title: "Without a value the lock is acquired, and says nothing about the store; a cancelled wait ends at once",
  group: "adopt",
  level: "MUST",
  rules: ["ADOPT-1", "ADOPT-4", "ADOPT-5"],
  field: [3, 68],
  profile: "refresh",
  needs: ["basic", "adopt", "cancel"],
  parallel: true,
  how: "A waiter whose value never comes must get the lock when its holder releases, and hold it against others, whatever is stored from then on. Another is cancelled while it waits: it must end as cancelled, at once, and leave nothing behind.",
  timeoutMs: 60_000,
  async run(context) {
    const target = context.target();
    const store = context.target("stores/tokens.json");
    replaceStore(store, storeWith("old"));
    const held = await (await context.spawn()).acquire(target);
    const driver = await context.spawn();
    const wish = { target, store, unless: "old" };

    const cancelled = startAdopt(context, driver, wish);
    await waits(context, cancelled);
    const { result, ms } = await timed(async () => {
      await driver.ask("cancel", { request: cancelled.id });
      return answered(context, cancelled);
    });
    refusedWith(context, "cancelled", result, "cancelled", "it was cancelled");
    context.check("at-once", ms < context.limit(3_000), () => `the cancellation took ${Math.round(ms)} ms`);

    const pending = startAdopt(context, driver, wish);
    await waits(context, pending);
    await held.release();
    const reply = acquired(context, "acquired", await answered(context, pending), "the lock was released");
    context.check(
      "names-its-lock",
      reply["lockPath"] === lockOf(target) && isThere(lockOf(target)),
      () => `it says that its lock is ${String(reply["lockPath"])}`,
    );
    replaceStore(store, storeWith("new"));
    const { held: stillHeld } = await driver.ask("verify", { handle: pending.handle });
    context.check("stays-held", stillHeld === true, "what is stored later takes no lock away");
    await driver.ask("release", { handle: pending.handle });
    leftNothing(context, "released", target, "a release");
  },
};
