import { closeSync, openSync, rmSync, statSync, utimesSync, writeSync } from "node:fs";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { adopted, answered, replaceStore, startAdopt, storeWith, waits } from "../support/adopting.js";

type Change = (store: string) => void;

/** Ways in which a value gets into a store. */
const CHANGES: Readonly<Record<string, { readonly before: Change; readonly change: Change }>> = {
  replaced: { before: old, change: (store) => void replaceStore(store, storeWith("new")) },
  "written-in-place": { before: old, change: inPlace },
  "time-put-back": {
    before: old,
    change: (store) => {
      const { atime, mtime } = statSync(store);
      inPlace(store);
      utimesSync(store, atime, mtime);
    },
  },
  appeared: { before: (store) => rmSync(store), change: (store) => void replaceStore(store, storeWith("new")) },
  "garbage-then-whole": {
    before: old,
    change: (store) => {
      replaceStore(store, "");
      replaceStore(store, storeWith("new"));
    },
  },
};

export const adoptMissesNoChange: CaseDefinition = {
  id: "adopt-misses-no-change",
  title: "A waiter sees a value that was written in place, with its time put back, or into a file that was not there",
  group: "adopt",
  level: "MUST",
  rules: ["ADOPT-2", "ADOPT-3"],
  field: [68, 77],
  profile: "refresh",
  needs: ["basic", "adopt"],
  parallel: true,
  how: "While a waiter waits for a held lock, the value comes into the store in different ways: by rename, by a write in place of equal length, the same with the modification time put back, into a file that was missing. Each time the waiter must return it. With nothing to see, it must have asked again at least once a second.",
  timeoutMs: 90_000,
  async run(context) {
    const target = context.target();
    const held = await (await context.spawn()).acquire(target);
    const driver = await context.spawn();
    for (const [name, { before, change }] of Object.entries(CHANGES)) {
      const store = context.target(`stores/${name}.json`);
      before(store);
      const pending = startAdopt(context, driver, { target, store, unless: "old" });
      await waits(context, pending);
      change(store);
      adopted(context, name, await answered(context, pending), "new", `the value was ${name}`);
    }
    await asksEverySecond(context, target);
    await held.release();
  },
};

/** At least once a second, also when nothing has changed: a change may leave no trace in a file's times. */
async function asksEverySecond(context: CaseContext, target: string): Promise<void> {
  const store = context.target("stores/still.json");
  old(store);
  const pending = startAdopt(context, await context.spawn(), { target, store, unless: "old" });
  await context.sleep(4_500);
  replaceStore(store, storeWith("new"));
  const reply = adopted(context, "at-last", await answered(context, pending), "new", "the value was replaced");
  // At first, when the lock turned out to be taken, after each of four seconds (one for a busy machine), at the change.
  context.check("every-second", Number(reply["looks"]) >= 6, () => `it looked ${reply["looks"]} times in 4.5 s`);
}

function old(store: string): void {
  replaceStore(store, storeWith("old"));
}

function inPlace(store: string): void {
  const descriptor = openSync(store, "r+");
  writeSync(descriptor, storeWith("new"), 0);
  closeSync(descriptor);
}
