import { renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { CaseDefinition } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { temporariesIn } from "../support/intents.js";
import { ODD_STORE, settled, startUpdate, storeRefused } from "../support/stores.js";
import { fresh } from "../support/team.js";

export const storeNotLocked: CaseDefinition = {
  id: "store-not-locked",
  title: "A writer that has lost its lock writes nothing",
  group: "store",
  level: "MUST",
  rules: ["STORE-5", "STORE-7"],
  field: [29, 32],
  profile: "refresh",
  needs: ["basic", "store", "points"],
  parallel: true,
  how: "A writer is stopped with its temporary file written, and its lock is moved away; another process takes the lock. Continued, the first must be refused with store_not_locked, the store untouched and the temporary file gone, and the other's lock must stay.",
  timeoutMs: 30_000,
  async run(context) {
    const path = context.target("stores/odd.json");
    writeFileSync(path, ODD_STORE);
    const driver = await fresh(context);
    await driver.arm("store:written", "stop");
    const pending = startUpdate(context, driver, path);
    await driver.nextEvent("store:written");
    renameSync(lockOf(path), `${path}.taken-away`);
    const held = await (await context.spawn()).acquire(path);
    driver.cont();
    storeRefused(context, "refused", await settled(context, pending), "store_not_locked", "its lock was lost");
    keeps(context, "untouched", path, ODD_STORE, "somebody else holds the lock");
    const left = temporariesIn(dirname(path));
    context.check("no-temporary", left.length === 0, () => `${left.join(", ")} stayed`);
    context.check("others-lock-stays", await held.verify(), "the lock of somebody else was removed");
    await held.release();
  },
};
