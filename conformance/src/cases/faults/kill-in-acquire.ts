import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { gotIt } from "../support/expect.js";
import { bytesOf, isThere, lockOf } from "../support/files.js";

export const killInAcquire: CaseDefinition = {
  id: "kill-in-acquire",
  title: "A process killed at any instant of taking and releasing leaves no empty or torn lock",
  group: "faults",
  level: "MUST",
  rules: ["PUBLISH-2", "WAIT-3"],
  field: [11, 34, 36],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  how: "A process takes and releases a lock in a tight loop and is killed (-9) at a random instant, again and again. What it leaves must be a whole lock or none, and the next single try must get the lock.",
  timeoutMs: 600_000,
  async run(context) {
    const target = context.target();
    const next = await context.spawn();
    const kills = context.pick(60, 500);
    let victim = await context.spawn();
    for (let kill = 0; kill < kills; kill += 1) {
      const successor = kill + 1 < kills ? context.spawn() : undefined;
      await killInLoop(context, victim, target);
      checkWhole(context, target);
      const attempt = await next.tryAcquire(target, { timeoutMs: 0 });
      await gotIt(context, "next-acquires", attempt, "its holder, if there was one, was killed").release();
      victim = (await successor) ?? victim;
    }
    context.check("killed", context.referee.kills === kills, () => `${context.referee.kills} kills`);
  },
};

async function killInLoop(context: CaseContext, victim: Driver, target: string): Promise<void> {
  const counter = context.counter("killed");
  const run = victim.loop(target, counter, { rounds: 1_000_000, holdMs: 0 });
  await context.until("the loop runs", () => bytesOf(counter.counter) !== "0");
  await context.sleep(context.random.next() * 4);
  await victim.kill();
  await run;
}

function checkWhole(context: CaseContext, target: string): void {
  if (!isThere(lockOf(target))) return;
  const bytes = bytesOf(lockOf(target));
  const isWhole = bytes.startsWith("{\n") && bytes.endsWith("\n}\n");
  context.check("whole-or-none", isWhole, () => `left behind: ${JSON.stringify(bytes)}`);
  context.look();
}
