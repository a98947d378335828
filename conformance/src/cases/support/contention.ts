import type { CaseContext, Driver, LoopResult } from "../../engine/case.js";

export interface Contention {
  readonly rounds: number;
  readonly holdMs: number;
  readonly staleMs?: number;
}

/** Everybody in the crew takes the same lock again and again, and adds one to the same number each time. */
export async function contend(context: CaseContext, crew: readonly Driver[], how: Contention): Promise<LoopResult[]> {
  const target = context.target();
  const counter = context.counter();
  const limitMs = 60_000;
  const stale = how.staleMs === undefined ? {} : { staleMs: how.staleMs };
  const options = {
    rounds: how.rounds,
    holdMs: how.holdMs,
    options: { timeoutMs: context.limit(limitMs), ...stale },
  };
  const runs = crew.map((driver) => driver.loop(target, counter, options, { timeoutMs: limitMs }));
  const results = (await Promise.all(runs)).filter((result) => result !== undefined);
  const completed = results.reduce((sum, result) => sum + result.completed, 0);
  context.check("all-served", completed === crew.length * how.rounds, () => `${completed} holds were completed`);
  counter.judge({ completed });
  return results;
}

/** The same with an acknowledgement of each step, so that the referee sees every hold. */
export async function takeTurns(context: CaseContext, crew: readonly Driver[], rounds: number): Promise<void> {
  const target = context.target();
  const timeoutMs = context.limit(30_000);
  await Promise.all(
    crew.map(async (driver) => {
      for (let round = 0; round < rounds; round += 1) {
        const held = await driver.acquire(target, { timeoutMs });
        await held.release();
      }
    }),
  );
}
