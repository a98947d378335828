import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { guardOf, isThere, lockOf } from "../support/files.js";
import { stateOf } from "../support/machine.js";
import { plantDeadLock } from "../support/plants.js";
import { crew, helpers, peers } from "../support/team.js";

const POINTS = [
  "reclaim:judged",
  "reclaim:guarded",
  "reclaim:rejudged",
  "reclaim:unlinked",
  "reclaim:published",
  "reclaim:unguarding",
  "acquire:looked",
  "acquire:candidate",
];

export const reclaimRace: CaseDefinition = {
  id: "reclaim-race",
  title: "Of twenty contenders for a dead owner's lock one gets it, and nobody removes its fresh lock",
  group: "staleness",
  level: "MUST",
  rules: ["RECLAIM-2", "RECLAIM-4", "PUBLISH-1"],
  field: [24, 27],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  columns: ["own", "mix"],
  peers: false,
  how: "Twenty processes contend for a lock whose owner is dead, round after round; in each round some of them stop at random points of the reclaim and go on a little later. Never may two hold, and a holder's lock must stay until it releases.",
  timeoutMs: 180_000,
  async run(context) {
    const processes = await crew(context, [...helpers(context), ...peers(context, "G3")], 20);
    const waker = keepAwake(context, processes);
    const rounds = context.pick(40, 500);
    for (let round = 0; round < rounds; round += 1) await oneRound(context, processes, round);
    await waker.end();
  },
};

async function oneRound(context: CaseContext, processes: readonly Driver[], round: number): Promise<void> {
  const target = context.target(`round-${round % 4}.json`);
  plantDeadLock(context, target);
  const stopping = context.random.shuffle(processes.filter((driver) => driver.has("points"))).slice(0, 3);
  for (const driver of stopping) await driver.arm(context.random.pick(POINTS), "stop", context.random.integer(1, 2));

  const timeoutMs = context.limit(20_000);
  let holds = 0;
  const contenders = context.random.shuffle(processes).map(async (driver, index) => {
    // The first few wait for their turn, so that a fresh lock meets contenders that have judged the old one.
    const attempt = await driver.tryAcquire(target, { timeoutMs: index < 4 ? timeoutMs : 0 });
    if (attempt.status !== "acquired") return;
    holds += 1;
    await attempt.held.release();
  });
  await Promise.all(contenders);
  context.check("somebody-got-it", holds > 0, () => `nobody got the lock in round ${round}`);
  const isClean = !isThere(lockOf(target)) && !isThere(guardOf(target));
  context.check("nothing-left", isClean, () => `round ${round} left the lock or the guard`);
}

/** Whoever stands still at a point goes on after a little while. */
function keepAwake(context: CaseContext, processes: readonly Driver[]): { end(): Promise<void> } {
  let isOver = false;
  const watch = (async () => {
    while (!isOver) {
      for (const driver of processes) {
        if (driver.alive && stateOf(driver.osPid) === "T") {
          // The line that announced the stop was written before it, and is read meanwhile.
          await context.sleep(context.random.integer(4, 12));
          driver.cont();
        }
      }
      await context.sleep(2);
    }
  })();
  const end = async (): Promise<void> => {
    isOver = true;
    await watch;
  };
  context.cleanup(end);
  return { end };
}
