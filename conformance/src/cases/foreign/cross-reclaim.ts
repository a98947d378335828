import type { CaseContext, CaseDefinition, Driver, ImplementationRef } from "../../engine/case.js";
import { gotIt } from "../support/expect.js";
import { guardOf, isThere } from "../support/files.js";
import { crew, helpers, peers, provablyDead } from "../support/team.js";

export const crossReclaim: CaseDefinition = {
  id: "cross-reclaim",
  title: "Everybody takes over everybody else's dead holder",
  group: "foreign",
  level: "MUST",
  rules: ["OPENCLAW-2", "RECLAIM-2", "WAIT-3"],
  field: [11, 13, 24],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  columns: ["own", "mix"],
  peers: true,
  how: "A holder of each implementation is killed, and each other implementation must take its lock: helpers of ours, OpenClaw's of each generation. Then helpers and OpenClaw's code that honours guards race for dead holders' locks, and never two may hold.",
  timeoutMs: 600_000,
  async run(context) {
    const isMix = helpers(context).length > 1;
    const others = isMix ? helpers(context).slice(1) : peers(context, "G2", "G3");
    const pairs = isMix
      ? helpers(context).flatMap((owner) => helpers(context).map((taker) => [owner, taker] as const))
      : others.flatMap((other) => [[context.implementation, other] as const, [other, context.implementation] as const]);
    for (const [owner, taker] of pairs) {
      if (owner !== taker && provablyDead(context).includes(owner)) await takeOver(context, owner, taker);
    }
    const racers = await crew(context, [...helpers(context), ...peers(context, "G3")], 6);
    for (let round = 0; round < context.pick(4, 60); round += 1) await race(context, racers, round);
  },
};

async function takeOver(context: CaseContext, owner: ImplementationRef, taker: ImplementationRef): Promise<void> {
  const target = context.target(`${owner.name}-${taker.name}.json`);
  const victim = await context.spawn(owner);
  const contender = await context.spawn(taker);
  await victim.acquire(target);
  await victim.kill();
  const attempt = await contender.tryAcquire(target, { timeoutMs: 0 });
  await gotIt(context, "taken-over", attempt, `${owner.name} was killed, and ${taker.name} wants its lock`).release();
  context.check("no-guard", !isThere(guardOf(target)), () => `${taker.name} left its guard`);
}

async function race(context: CaseContext, racers: readonly Driver[], round: number): Promise<void> {
  const target = context.target(`race-${round}.json`);
  const victim = await context.spawn(
    context.random.pick(provablyDead(context).filter(({ generation }) => generation !== "G2")),
  );
  await victim.acquire(target);
  await victim.kill();
  const timeoutMs = context.limit(20_000);
  await Promise.all(
    racers.map(async (racer) => {
      const held = await racer.acquire(target, { timeoutMs });
      await held.release();
    }),
  );
}
