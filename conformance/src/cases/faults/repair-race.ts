import { rmSync } from "node:fs";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { gotIt, keeps, wasRefused } from "../support/expect.js";
import { bytesOf, guardOf, isThere, lockOf, traces } from "../support/files.js";
import { markerOf } from "../support/names.js";
import { helperLock } from "../support/payloads.js";
import { plantDeadGuard, plantDeadLock } from "../support/plants.js";
import { stoppedAt } from "../support/points.js";
import { sleeper } from "../support/processes.js";

export const repairRace: CaseDefinition = {
  id: "repair-race",
  title: "Two breakers of a dead guard and a living reclaimer never let two in",
  group: "faults",
  level: "MUST",
  rules: ["RECLAIM-6", "RECLAIM-7", "PATH-5"],
  field: [26],
  profile: "reclaim",
  needs: ["basic", "reclaim", "guard", "points"],
  how: "A dead reclaimer's guard is being broken; the breaker is stopped at each of its steps while others try to break it too, take a guard of their own, or find the breaker killed. At most one may break, a living owner's guard must stay, and in the end the lock must be had.",
  timeoutMs: 60_000,
  async run(context) {
    await breakerStopped(context, "break:marked");
    await breakerStopped(context, "break:compared");
    await breakerKilled(context);
    await reclaimerAfterBreak(context);
    await guardChanged(context);
  },
};

function scene(context: CaseContext, name: string): { target: string; guard: string } {
  const target = context.target(`${name.replace(":", "-")}/file.json`);
  plantDeadLock(context, target);
  return { target, guard: plantDeadGuard(context, target) };
}

/** A second repairer must wait for the marker of the first, whose owner lives. */
async function breakerStopped(context: CaseContext, point: string): Promise<void> {
  const { target, guard } = scene(context, point);
  const first = await stoppedAt(context, point, target);
  const marker = markerOf(target, guard);
  context.check("marker-name", isThere(marker), () => `the marker is not ${marker} among ${traces(target).join(", ")}`);
  const bytes = bytesOf(marker);
  const second = await context.spawn();
  const attempt = await second.tryAcquire(target, { timeoutMs: 300, staleMs: 100 });
  wasRefused(context, `second-waits-at-${point}`, attempt, "file_lock_timeout", "a living breaker has the marker");
  keeps(context, "marker-kept", marker, bytes, "the breaker lives");
  keeps(context, "guard-kept", guardOf(target), guard, "only the first breaker may remove it");
  first.driver.cont();
  await gotIt(context, `first-goes-on-from-${point}`, await first.pending.result, "nobody else has the lock").release();
  nothingInTheWay(context, target);
}

/** Its marker says who the breaker was: dead, so it is broken in its turn, under a flat name. */
async function breakerKilled(context: CaseContext): Promise<void> {
  const { target, guard } = scene(context, "breaker-killed");
  const first = await stoppedAt(context, "break:compared", target);
  const marker = bytesOf(markerOf(target, guard));
  await first.driver.kill();
  const second = await stoppedAt(context, "break:marked", target);
  const nested = markerOf(target, marker);
  context.check("flat-marker-name", isThere(nested), () => `no ${nested} among ${traces(target).join(", ")}`);
  second.driver.cont();
  await gotIt(context, "second-takes-over", await second.pending.result, "the first breaker was killed").release();
  nothingInTheWay(context, target);
}

/** The breaker has removed the dead guard and stands still; the guard that comes next belongs to a living reclaimer. */
async function reclaimerAfterBreak(context: CaseContext): Promise<void> {
  const { target } = scene(context, "reclaimer-after-break");
  const breaker = await stoppedAt(context, "break:unlinked", target, { timeoutMs: 600 });
  const reclaimer = await stoppedAt(context, "reclaim:guarded", target);
  const guard = bytesOf(guardOf(target));
  breaker.driver.cont();
  const refused = await breaker.pending.result;
  wasRefused(context, "breaker-waits", refused, "file_lock_timeout", "a living reclaimer has the guard");
  keeps(context, "living-guard-kept", guardOf(target), guard, "its owner lives");
  reclaimer.driver.cont();
  await gotIt(context, "reclaimer-goes-on", await reclaimer.pending.result, "it had the guard").release();
  nothingInTheWay(context, target);
}

/** The breaker has its marker, and the dead guard has given way to a living one: the marker is not for that. */
async function guardChanged(context: CaseContext): Promise<void> {
  const { target } = scene(context, "guard-changed");
  const breaker = await stoppedAt(context, "break:marked", target, { timeoutMs: 600 });
  rmSync(guardOf(target));
  const living = helperLock(lockOf(target), await sleeper(context));
  context.plant(guardOf(target), living);
  breaker.driver.cont();
  const refused = await breaker.pending.result;
  keeps(context, "living-guard-untouched", guardOf(target), living, "this guard is not the one that was judged");
  wasRefused(context, "breaker-waits-for-the-living", refused, "file_lock_timeout", "a living owner has the guard");
}

function nothingInTheWay(context: CaseContext, target: string): void {
  const left = traces(target).filter((name) => name.includes(".reclaim"));
  context.check("nothing-in-the-way", left.length === 0, () => `${left.join(", ")} stayed`);
}
