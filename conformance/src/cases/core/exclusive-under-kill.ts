import type { CaseDefinition, Driver } from "../../engine/case.js";
import { crew, helpers, peers } from "../support/team.js";

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
  how: "Some processes add to one number under the lock and are killed (-9) one after the other at random instants; the others must finish their rounds, no completed update may be lost, and no number may be written twice.",
  timeoutMs: 120_000,
  async run(context) {
    const target = context.target();
    const counter = context.counter();
    const limitMs = 60_000;
    const options = { timeoutMs: context.limit(limitMs) };
    const run = (driver: Driver, rounds: number) =>
      driver.loop(target, counter, { rounds, holdMs: 1, options }, { timeoutMs: limitMs });

    const victims = await crew(context, helpers(context), context.pick(6, 30));
    const survivors = await crew(context, [...helpers(context), ...peers(context, "G3").slice(0, 1)], 4);
    const endless = victims.map((victim) => run(victim, 1_000_000));
    const runs = survivors.map((survivor) => run(survivor, context.pick(40, 200)));
    for (const victim of victims) {
      await context.sleep(context.random.integer(5, 60));
      await victim.kill();
    }
    await Promise.all(endless);
    const results = await Promise.all(runs);
    const all = results.every((result) => result?.completed === context.pick(40, 200));
    context.check("survivors-finish", all, () => `survivors completed ${results.map((r) => r?.completed).join(", ")}`);
    counter.judge({ kills: victims.length });
  },
};
