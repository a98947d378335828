import type { CaseContext, CaseDefinition, Driver, LockOptions } from "../../engine/case.js";
import { guardOf, isThere, lockOf } from "../support/files.js";
import { plantDeadLock } from "../support/plants.js";
import { keepAwake, STAND_MS } from "../support/points.js";
import { crew, helpers, peers } from "../support/team.js";

const AHEAD = ["reclaim:judged", "reclaim:guarded", "reclaim:rejudged", "reclaim:unlinked"];
const POINTS = [...AHEAD, "reclaim:published", "reclaim:unguarding", "acquire:looked", "acquire:candidate"];

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
  how: "Twenty processes contend for a lock whose owner is dead, round after round. One comes first and is stopped in the middle of its reclaim when the others come; some of those stop at random points. All go on a little later. Never may two hold, and a holder's lock must stay until it releases.",
  timeoutMs: 600_000,
  async run(context) {
    const leaders = (await crew(context, helpers(context), 3)).filter((driver) => driver.has("points"));
    const others = await crew(context, [...helpers(context), ...peers(context, "G3")], 20 - leaders.length);
    const waker = keepAwake(context, others);
    for (let round = 0; round < context.pick(20, 500); round += 1) {
      await oneRound(context, leaders[round % leaders.length], others, round);
    }
    await waker.end();
  },
};

async function oneRound(
  context: CaseContext,
  leader: Driver | undefined,
  others: readonly Driver[],
  round: number,
): Promise<void> {
  const target = context.target(`round-${round % 4}.json`);
  plantDeadLock(context, target);
  const stopping = context.random.shuffle(others.filter((driver) => driver.has("points"))).slice(0, 3);
  for (const driver of stopping) await driver.arm(context.random.pick(POINTS), "stop", context.random.integer(1, 2));

  const timeoutMs = context.limit(20_000);
  let holds = 0;
  const contend = async (driver: Driver, options: LockOptions): Promise<void> => {
    const attempt = await driver.tryAcquire(target, options);
    if (attempt.status !== "acquired") return;
    holds += 1;
    // Long enough for whoever stood still to go on and meet a lock that is held.
    await context.sleep(context.random.integer(0, 40));
    await attempt.held.release();
  };
  const rest = (): Promise<void>[] =>
    // The first few wait for their turn, so that a fresh lock meets contenders that have judged the old one.
    context.random.shuffle(others).map((driver, index) => contend(driver, { timeoutMs: index < 4 ? timeoutMs : 0 }));

  if (leader === undefined) await Promise.all(rest());
  else {
    const point = context.random.pick(AHEAD);
    await leader.arm(point, "stop");
    const first = contend(leader, { timeoutMs });
    await leader.nextEvent(point);
    const following = rest();
    await context.sleep(context.random.integer(...STAND_MS));
    leader.cont();
    await Promise.all([first, ...following]);
  }
  context.check("somebody-got-it", holds > 0, () => `nobody got the lock in round ${round}`);
  const isClean = !isThere(lockOf(target)) && !isThere(guardOf(target));
  context.check("nothing-left", isClean, () => `round ${round} left the lock or the guard`);
}
