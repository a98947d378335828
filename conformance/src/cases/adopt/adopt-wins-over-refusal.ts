import { mkdirSync, rmdirSync } from "node:fs";
import type { CaseDefinition } from "../../engine/case.js";
import { adopted, answered, refusedWith, replaceStore, startAdopt, storeWith, waits } from "../support/adopting.js";
import { lockOf } from "../support/files.js";
import { fresh } from "../support/team.js";

export const adoptWinsOverRefusal: CaseDefinition = {
  id: "adopt-wins-over-refusal",
  title: "The store is asked once more before a wait ends in a refusal",
  group: "adopt",
  level: "MUST",
  rules: ["ADOPT-2"],
  field: [1, 75],
  profile: "refresh",
  needs: ["basic", "adopt"],
  how: "A waiter is stopped in its wait; its time runs out, and meanwhile the value comes into the store. Continued, it must return the value and not its time-out. Where there is no value, the time-out and a directory at the lock's path are refused as ever.",
  timeoutMs: 60_000,
  async run(context) {
    const target = context.target();
    const store = context.target("stores/tokens.json");
    replaceStore(store, storeWith("old"));
    const held = await (await context.spawn()).acquire(target);
    const driver = await fresh(context);
    const wish = { target, store, unless: "old" };

    const late = await answered(context, startAdopt(context, driver, wish, { timeoutMs: 300 }));
    const error = refusedWith(context, "timeout", late, "file_lock_timeout", "there was no value");
    context.check("says-how-long", (error.waitedMs ?? 0) >= 250, () => `it says that it waited ${error.waitedMs} ms`);

    const timeoutMs = context.limit(2_000);
    const pending = startAdopt(context, driver, wish, { timeoutMs });
    await waits(context, pending);
    await driver.stop();
    replaceStore(store, storeWith("new"));
    await context.sleep(timeoutMs + 500);
    driver.cont();
    adopted(context, "value-wins", await answered(context, pending), "new", "it was there when the time was over");
    await held.release();

    const occupied = context.target("occupied.json");
    mkdirSync(lockOf(occupied));
    context.planted(lockOf(occupied));
    const foreign = { target: occupied, store, unless: "new" };
    const options = { timeoutMs: 200, foreignTimeoutMs: 100 };
    const refusal = await answered(context, startAdopt(context, driver, foreign, options));
    refusedWith(
      context,
      "foreign",
      refusal,
      "file_lock_foreign",
      "there was no value, and a directory at the lock's path",
    );
    adopted(
      context,
      "value-wins-over-foreign",
      await answered(context, startAdopt(context, driver, { target: occupied, store }, options)),
      "new",
      "the value was there",
    );
    rmdirSync(lockOf(occupied));
  },
};
