import { readdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { CaseDefinition } from "../../engine/case.js";
import { adopt, adopted, replaceStore, storeWith } from "../support/adopting.js";
import { keeps } from "../support/expect.js";
import { bytesOf } from "../support/files.js";

export const adoptsWithoutALock: CaseDefinition = {
  id: "adopts-without-a-lock",
  title: "A value that is already there is adopted before any lock is touched",
  group: "adopt",
  level: "MUST",
  rules: ["ADOPT-1", "ADOPT-2"],
  field: [68],
  profile: "refresh",
  needs: ["basic", "adopt"],
  parallel: true,
  how: "The store has the value before anybody asks. With the lock free, and with the lock held, acquireOrAdopt must return it at the first look, and must not have made any file in the lock's directory.",
  timeoutMs: 30_000,
  async run(context) {
    const target = context.target("shared/free.json");
    const store = context.target("stores/tokens.json");
    replaceStore(store, storeWith("fresh"));
    const directory = dirname(target);
    const before = { names: readdirSync(directory).sort(), changed: statSync(directory, { bigint: true }).mtimeNs };
    const driver = await context.spawn();
    const first = adopted(
      context,
      "lock-free",
      await adopt(context, driver, { target, store }),
      "fresh",
      "it was there",
    );
    context.check("one-look", first["looks"] === 1, () => `it looked ${first["looks"]} times`);
    const changed = statSync(directory, { bigint: true }).mtimeNs;
    const names = readdirSync(directory).sort();
    context.check(
      "nothing-made",
      names.join() === before.names.join() && changed === before.changed,
      () => `the lock's directory was touched: ${names.join(", ")}`,
    );

    const holder = await context.spawn();
    const held = await holder.acquire(target);
    const bytes = bytesOf(held.lockPath);
    adopted(context, "lock-held", await adopt(context, driver, { target, store }), "fresh", "it was there");
    keeps(context, "lock-untouched", held.lockPath, bytes, "whoever adopts touches no lock");
    await held.release();
  },
};
