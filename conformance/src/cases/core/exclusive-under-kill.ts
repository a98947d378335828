import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { bytesOf, lockOf } from "../support/files.js";
import { crew, helpers, peers } from "../support/team.js";

// Long enough to be met while it holds.
const VICTIM_HOLD_MS = 15;

export const exclusiveUnderKill: CaseDefinition = {
  id: "exclusive-under-kill",
  title: "Processes killed while they hold lose nothing for the others",
  group: "core",
  level: "MUST",
  rules: ["PUBLISH-2", "RECLAIM-2", "OPENCLAW-2"],
  field: [10, 11, 24],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  columns: ["own", "mix"],
  how: "Some processes add to one number under the lock and are killed (-9) one after the other, most of them while they hold; the others must finish their rounds, no completed update may be lost, and no number may be written twice.",
  timeoutMs: 600_000,
  async run(context) {
    const target = context.target();
    const counter = context.counter();
    const limitMs = 60_000;
    const options = { timeoutMs: context.limit(limitMs) };
    const run = (driver: Driver, rounds: number, holdMs: number) =>
      driver.loop(target, counter, { rounds, holdMs, options }, { timeoutMs: limitMs });

    const victims = await crew(context, helpers(context), context.pick(6, 30));
    const survivors = await crew(context, [...helpers(context), ...peers(context, "G3").slice(0, 1)], 4);
    const rounds = context.pick(40, 200);
    const endless = victims.map((victim) => run(victim, 1_000_000, VICTIM_HOLD_MS));
    const runs = survivors.map((survivor) => run(survivor, rounds, 1));
    const living = new Set(victims);
    while (living.size > 0) {
      await context.sleep(context.random.integer(5, 40));
      const victim = context.random.chance(0.8) ? await holderAmong(context, target, living) : [...living][0]!;
      living.delete(victim);
      await victim.kill();
    }
    await Promise.all(endless);
    const results = await Promise.all(runs);
    const all = results.every((result) => result?.completed === rounds);
    context.check("survivors-finish", all, () => `survivors completed ${results.map((r) => r?.completed).join(", ")}`);
    counter.judge({ kills: victims.length });
  },
};

/** A living victim that the lock names just now; any, when none is met for a while. */
async function holderAmong(context: CaseContext, target: string, living: ReadonlySet<Driver>): Promise<Driver> {
  const deadline = performance.now() + context.limit(1_000);
  while (performance.now() < deadline) {
    const pid = Number(/"pid": (\d+)/.exec(bytesOf(lockOf(target)))?.[1]);
    const holder = [...living].find((victim) => victim.pid === pid);
    if (holder !== undefined) return holder;
    await context.sleep(1);
  }
  return [...living][0]!;
}
