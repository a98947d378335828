import { utimesSync } from "node:fs";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { gotIt, keeps, wasRefused } from "../support/expect.js";
import { bytesOf, descriptorsOn, guardOf, isThere } from "../support/files.js";
import { plantDeadLock } from "../support/plants.js";
import { stoppedAt } from "../support/points.js";

const POINTS = ["reclaim:guarded", "reclaim:rejudged", "reclaim:unlinked"];

export const reclaimerStopped: CaseDefinition = {
  id: "reclaimer-stopped",
  title: "A reclaimer that stands still for long is not robbed of its guard",
  group: "faults",
  level: "MUST",
  rules: ["RECLAIM-1", "RECLAIM-4", "RECLAIM-6", "VERDICT-10"],
  field: [16, 26],
  profile: "reclaim",
  needs: ["basic", "reclaim", "guard", "points"],
  how: "A reclaimer is stopped while it has the guard, at each step, and its guard made to look an hour old. Contenders with a small staleMs must wait and time out; the guard must stay, with its descriptor open. Continued, the reclaimer must get the lock.",
  timeoutMs: 60_000,
  async run(context) {
    const contender = await context.spawn();
    for (const point of POINTS) await stopAt(context, point, contender);
  },
};

async function stopAt(context: CaseContext, point: string, contender: Awaited<ReturnType<CaseContext["spawn"]>>) {
  const target = context.target(`${point.replace(":", "-")}.json`);
  plantDeadLock(context, target);
  const reclaimer = await stoppedAt(context, point, target);
  const guard = bytesOf(guardOf(target));
  const open = descriptorsOn(reclaimer.driver.osPid, guardOf(target));
  context.check("descriptor-open", open.length > 0, "the guard's owner does not have it open");
  const hourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(guardOf(target), hourAgo, hourAgo);

  const attempt = await contender.tryAcquire(target, { timeoutMs: 400, staleMs: 100 });
  wasRefused(context, `waits-at-${point}`, attempt, "file_lock_timeout", "a living reclaimer has the guard");
  keeps(context, `guard-kept-at-${point}`, guardOf(target), guard, "its owner is stopped, not dead");
  reclaimer.driver.cont();
  const held = gotIt(context, `goes-on-from-${point}`, await reclaimer.pending.result, "it had the guard all the time");
  context.check("guard-dropped", !isThere(guardOf(target)), "the guard was left behind");
  await held.release();
}
