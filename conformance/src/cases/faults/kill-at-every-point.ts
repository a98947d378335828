import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { gotIt, standsClear } from "../support/expect.js";
import { plantDeadGuard, plantDeadLock } from "../support/plants.js";
import { ACQUIRE_POINTS, RECLAIM_POINTS, RELEASE_POINTS } from "../support/points.js";
import { fresh } from "../support/team.js";

const WITNESS = ["witness:listening", "witness:named"];
const BREAK = ["break:marked", "break:compared"];

export const killAtEveryPoint: CaseDefinition = {
  id: "kill-at-every-point",
  title: "A kill between any two steps leaves a state from which a single try gets the lock",
  group: "faults",
  level: "MUST",
  rules: ["PUBLISH-2", "RECLAIM-2", "RECLAIM-6", "RECLAIM-7", "WAIT-3", "WITNESS-2"],
  field: [11, 25, 26, 34],
  profile: "reclaim",
  needs: ["basic", "reclaim", "guard", "points"],
  how: "At each point of the contract (make a witness, take, release, reclaim, break a guard) a process kills itself; while a guard is being broken, a second one dies on top of the first. Then a single try must get the lock, and no guard may stay, nor a marker of anything that is still there.",
  timeoutMs: 120_000,
  async run(context) {
    const next = await context.spawn();
    const scenes = [
      ...(next.has("witness") ? WITNESS : []).map((point) => ({ point, prepare: nothing, deaths: 1 })),
      ...ACQUIRE_POINTS.map((point) => ({ point, prepare: nothing, deaths: 1 })),
      ...RELEASE_POINTS.map((point) => ({ point, prepare: nothing, deaths: 1 })),
      ...RECLAIM_POINTS.map((point) => ({ point, prepare: plantDeadLock, deaths: 1 })),
      ...BREAK.flatMap((point) => [1, 2].map((deaths) => ({ point, prepare: deadReclaim, deaths }))),
      { point: "break:unlinked", prepare: deadReclaim, deaths: 1 },
    ];
    const victims = scenes.map(({ deaths }) => Array.from({ length: deaths }, () => fresh(context)));
    for (const [index, { point, prepare }] of scenes.entries()) {
      const target = context.target(`${point.replace(":", "-")}-${index}.json`);
      prepare(context, target);
      for (const victim of victims[index]!) await dieAt(await victim, point, target);
      const attempt = await next.tryAcquire(target, { timeoutMs: 0 });
      await gotIt(context, `next-after-${point}`, attempt, `a process was killed at ${point}`).release();
      standsClear(context, `clear-after-${point}`, target);
    }
  },
};

function nothing(): void {}

function deadReclaim(context: CaseContext, target: string): void {
  plantDeadLock(context, target);
  plantDeadGuard(context, target);
}

async function dieAt(victim: Driver, point: string, target: string): Promise<void> {
  await victim.arm(point, "kill");
  const pending = victim.startAcquire(target, WITNESS.includes(point) ? { witness: "always" } : {});
  if (RELEASE_POINTS.includes(point)) {
    const attempt = await pending.result;
    if (attempt.status === "acquired") victim.start("release", { handle: attempt.held.handle });
  }
  await victim.nextEvent(point);
}
