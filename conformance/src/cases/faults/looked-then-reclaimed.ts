import type { CaseDefinition } from "../../engine/case.js";
import { gotIt } from "../support/expect.js";
import { plantDeadLock } from "../support/plants.js";
import { stoppedAt } from "../support/points.js";

export const lookedThenReclaimed: CaseDefinition = {
  id: "looked-then-reclaimed",
  title: "A contender that saw a free path publishes into a reclaim, and still only one holds",
  group: "faults",
  level: "MUST",
  rules: ["PUBLISH-1", "PUBLISH-2", "RECLAIM-2"],
  field: [24, 27],
  profile: "reclaim",
  needs: ["basic", "reclaim", "points"],
  how: "One contender has seen neither lock nor guard and is stopped. A dead owner's lock appears; another contender reclaims it and is stopped between its unlink and its own publication. The first goes on and gets the lock; the second goes on and must wait for it.",
  timeoutMs: 40_000,
  async run(context) {
    const target = context.target();
    const early = await stoppedAt(context, "acquire:looked", target);
    plantDeadLock(context, target);
    const reclaimer = await stoppedAt(context, "reclaim:unlinked", target);
    early.driver.cont();
    const first = gotIt(context, "first-holds", await early.pending.result, "the path was free");
    reclaimer.driver.cont();
    await context.sleep(200);
    context.check("second-waits", !reclaimer.pending.settled, "the reclaimer did not wait for the lock that it met");
    context.check("first-still-holds", await first.verify(), "the reclaimer removed a fresh lock");
    await first.release();
    await gotIt(context, "second-holds", await reclaimer.pending.result, "the lock was released").release();
  },
};
