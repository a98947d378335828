import type { CaseContext, CaseDefinition, Driver, ImplementationRef } from "../../engine/case.js";
import { CONTAINER_WITH_INIT, firstIn, orderedPairs } from "../support/containers.js";
import { gotIt, keeps, standsClear, together } from "../support/expect.js";
import { bytesOf, guardOf, isThere, lockOf } from "../support/files.js";
import { listen, plantNeighbour } from "../support/neighbours.js";
import { helperLock } from "../support/payloads.js";
import { stoppedAt } from "../support/points.js";
import { age, BEYOND_WATCH } from "../support/times.js";

const RECLAIM = ["reclaim:guarded", "reclaim:rejudged", "reclaim:unlinked", "reclaim:published", "reclaim:unguarding"];
const BREAK = ["break:marked", "break:compared"];

export const guardsAcrossContainers: CaseDefinition = {
  id: "guards-across-containers",
  title: "A reclaimer killed in its container is cleared away from another one; one that stands still is not",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-1", "RECLAIM-1", "RECLAIM-6", "RECLAIM-7", "WAIT-3"],
  field: [25, 26, 49],
  profile: "container",
  needs: ["basic", "reclaim", "guard", "points", "witness"],
  environment: ["linux", "root", "unshare"],
  parallel: true,
  columns: ["own", "mix"],
  how: "In one container a process reclaims a dead neighbour's lock, or breaks a dead neighbour's guard, and at each step is killed, or stopped for longer than staleMs with all its files made to look an hour old. From another container a single try must get the lock of the killed one and leave no guard; of the stopped one nothing may be removed, and continued it must get its lock.",
  timeoutMs: 240_000,
  async run(context) {
    await together(orderedPairs(context).map((pair, index) => acrossPair(context, pair, index)));
  },
};

/** Alone every point; among many each pair has some, and all pairs together have all. */
function share(context: CaseContext, points: readonly string[], index: number): readonly string[] {
  const isAlone = context.others.every(({ kind }) => kind === "peer");
  return isAlone || context.full ? points : points.filter((_, place) => (place + index) % 3 === 0);
}

async function acrossPair(
  context: CaseContext,
  [one, other]: readonly [ImplementationRef, ImplementationRef],
  index: number,
): Promise<void> {
  const contender = await firstIn(context, other);
  const points = share(context, [...RECLAIM, ...BREAK], index);
  const oneByOne = async (): Promise<void> => {
    for (const point of points) await killed(context, one, contender, point);
  };
  await together([oneByOne(), ...points.map((point) => stopped(context, one, contender, point))]);
}

/** Left by neighbours that are dead, as their witnesses say. */
async function scene(context: CaseContext, name: string, point: string): Promise<string> {
  const target = context.target(`${name}-${point.replace(":", "-")}/file.json`);
  const witness = await listen(context, target);
  await witness.die();
  plantNeighbour(context, target, { witness: witness.name });
  if (!BREAK.includes(point)) return target;
  const guard = await listen(context, target);
  await guard.die();
  const owner = { pid: 8, starttime: 5 };
  const bytes = helperLock(lockOf(target), owner, { pidNamespace: "pid:[4026530002]", witness: guard.name });
  context.plant(guardOf(target), bytes);
  return target;
}

async function killed(
  context: CaseContext,
  implementation: ImplementationRef,
  contender: Driver,
  point: string,
): Promise<void> {
  const target = await scene(context, `${implementation.name}-killed-${contender.implementation.name}`, point);
  const victim = await context.spawn(implementation, CONTAINER_WITH_INIT);
  await victim.arm(point, "kill");
  victim.startAcquire(target);
  await victim.nextEvent(point);
  const attempt = await contender.tryAcquire(target, { timeoutMs: 0 });
  const why = `${victim.name} was killed at ${point} in another container`;
  await gotIt(context, `taken-after-${point}`, attempt, why).release();
  standsClear(context, `clear-after-${point}`, target);
}

async function stopped(
  context: CaseContext,
  implementation: ImplementationRef,
  contender: Driver,
  point: string,
): Promise<void> {
  const target = await scene(context, `${implementation.name}-stopped-${contender.implementation.name}`, point);
  const place = { implementation, options: CONTAINER_WITH_INIT };
  const reclaimer = await stoppedAt(context, point, target, { timeoutMs: context.limit(60_000) }, place);
  const guard = bytesOf(guardOf(target));
  for (const path of [lockOf(target), guardOf(target)]) if (isThere(path)) age(path);
  const why = `${reclaimer.driver.name} stands still at ${point}`;
  await keptFromTakingAt(context, contender, target, point, why);
  keeps(context, `guard-kept-at-${point}`, guardOf(target), guard, why);
  reclaimer.driver.cont();
  const held = gotIt(context, `goes-on-from-${point}`, await reclaimer.pending.result, "it had the guard, or broke it");
  await held.release();
  standsClear(context, `clear-at-${point}`, target);
}

async function keptFromTakingAt(
  context: CaseContext,
  contender: Driver,
  target: string,
  point: string,
  why: string,
): Promise<void> {
  const bytes = bytesOf(lockOf(target));
  const attempt = await contender.tryAcquire(target, BEYOND_WATCH);
  const isKept = attempt.status === "refused" && attempt.code === "file_lock_timeout";
  context.require(
    `kept-at-${point}`,
    isKept,
    () => `${why}, but the contender's try was ${JSON.stringify(attempt.status)}`,
  );
  keeps(context, `lock-kept-at-${point}`, lockOf(target), bytes, why);
}
