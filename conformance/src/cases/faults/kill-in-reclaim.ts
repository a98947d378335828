import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { gotIt, standsClear, timed } from "../support/expect.js";
import { traces } from "../support/files.js";
import { plantDeadGuard, plantDeadLock } from "../support/plants.js";
import { fresh } from "../support/team.js";

// After a reclaim the new holder waits and verifies (RECLAIM-5): nothing more to be hit there.
const SETTLE_MS = 25;

export const killInReclaim: CaseDefinition = {
  id: "kill-in-reclaim",
  title: "A process killed at any instant of a reclaim stands in nobody's way",
  group: "faults",
  level: "MUST",
  rules: ["RECLAIM-2", "RECLAIM-6", "RECLAIM-7", "WAIT-3"],
  field: [25, 26],
  profile: "reclaim",
  needs: ["basic", "reclaim", "guard"],
  how: "A process begins to reclaim a dead owner's lock, sometimes with a dead reclaimer's guard before it, and is killed (-9) at a random instant. The next single try must get the lock, and no guard may stay, nor a marker of anything that is still there.",
  timeoutMs: 600_000,
  async run(context) {
    const target = context.target();
    const next = await context.spawn();
    const kills = context.pick(60, 500);
    const longest = await reclaimMs(context, target);
    let victim = fresh(context);
    for (let kill = 0; kill < kills; kill += 1) {
      const current = await victim;
      victim = kill + 1 < kills ? fresh(context) : victim;
      plantDeadLock(context, target);
      if (context.random.chance(0.5)) plantDeadGuard(context, target);
      const pending = current.startAcquire(target);
      spin(context.random.next() * longest);
      await current.kill();
      context.log("state after the kill", { names: traces(target) });
      const last = await pending.result;
      // The reply may have been on its way when the kill was sent.
      if (last.status === "acquired") context.referee.forfeit(last.held);
      const attempt = await next.tryAcquire(target, { timeoutMs: 0 });
      await gotIt(context, "next-acquires", attempt, "whoever was before was killed").release();
      standsClear(context, "clear", target);
    }
  },
};

/** How long the first reclaim of a process takes. */
async function reclaimMs(context: CaseContext, target: string): Promise<number> {
  const first = await fresh(context);
  plantDeadLock(context, target);
  const { result, ms } = await timed(() => first.acquire(target));
  await result.release();
  return Math.max(1, ms - SETTLE_MS);
}

// Shorter than the shortest timer.
function spin(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
