import { rmSync } from "node:fs";
import type { CaseDefinition } from "../../engine/case.js";
import { gotIt, keeps } from "../support/expect.js";
import { guardOf, lockOf } from "../support/files.js";
import { helperLock } from "../support/payloads.js";
import { plantDeadLock } from "../support/plants.js";
import { stoppedAt } from "../support/points.js";
import { sleeper } from "../support/processes.js";

export const guardReplaced: CaseDefinition = {
  id: "guard-replaced",
  title: "A reclaimer does not remove a guard that is no longer its own",
  group: "faults",
  level: "MUST",
  rules: ["RECLAIM-4"],
  field: [26, 28],
  profile: "reclaim",
  needs: ["basic", "reclaim", "guard", "points"],
  parallel: true,
  how: "A reclaimer is stopped after it has published its lock; somebody replaces its guard by another living owner's. Continued, it must leave that guard as it is.",
  timeoutMs: 30_000,
  async run(context) {
    const target = context.target();
    plantDeadLock(context, target);
    const reclaimer = await stoppedAt(context, "reclaim:published", target);
    rmSync(guardOf(target));
    const other = helperLock(lockOf(target), await sleeper(context));
    context.plant(guardOf(target), other);
    reclaimer.driver.cont();
    const held = gotIt(context, "reclaimed", await reclaimer.pending.result, "its lock is published");
    keeps(context, "other-guard-kept", guardOf(target), other, "this guard is somebody else's");
    await held.release();
  },
};
