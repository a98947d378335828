import type { CaseDefinition } from "../../engine/case.js";
import { keeps, wasRefused } from "../support/expect.js";
import { bytesOf, guardOf, isThere, lockOf } from "../support/files.js";
import { plantDeadLock } from "../support/plants.js";
import { stoppedAt } from "../support/points.js";

export const judgedThenOvertaken: CaseDefinition = {
  id: "judged-then-overtaken",
  title: "A contender that was overtaken after its judgement does not remove the fresh lock",
  group: "faults",
  level: "MUST",
  rules: ["RECLAIM-2", "RECLAIM-4"],
  field: [24],
  profile: "reclaim",
  needs: ["basic", "reclaim", "points"],
  how: "One contender has judged a dead owner's lock and is stopped before it takes the guard. Another reclaims the lock and holds. The first goes on: it must judge again, leave the fresh lock and the guard's place alone, and time out.",
  timeoutMs: 40_000,
  async run(context) {
    const target = context.target();
    plantDeadLock(context, target);
    const slow = await stoppedAt(context, "reclaim:judged", target, { timeoutMs: 400 });
    const held = await (await context.spawn()).acquire(target, { timeoutMs: 0 });
    const bytes = bytesOf(lockOf(target));
    slow.driver.cont();
    wasRefused(context, "overtaken-waits", await slow.pending.result, "file_lock_timeout", "another holds by now");
    keeps(context, "fresh-lock-kept", lockOf(target), bytes, "the lock that was judged is gone, this is another");
    context.check("no-guard", !isThere(guardOf(target)), "the guard was left behind");
    context.check("still-held", await held.verify(), "the holder lost its lock");
    await held.release();
  },
};
