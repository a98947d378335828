import type { CaseDefinition } from "../../engine/case.js";

const HOLDS = 250;
const TURNS = 8;
// Between two turns, so that they come at different moments of the holds and not in a burst.
const APART_MS = 40;

export const holderLetsOthersIn: CaseDefinition = {
  id: "holder-lets-others-in",
  title: "Whoever takes the lock again and again lets others in between",
  group: "core",
  level: "SHOULD",
  rules: ["WAIT-6"],
  field: [6],
  profile: "basic",
  needs: ["basic"],
  how: "One process holds for 25 ms, releases and takes the lock again at once, 250 times. Another must get in eight times before that is over.",
  timeoutMs: 90_000,
  async run(context) {
    const target = context.target();
    const greedy = await context.spawn();
    const guest = await context.spawn();
    const limitMs = 60_000;
    const options = { timeoutMs: context.limit(limitMs) };
    let isOver = false;
    const run = greedy
      .loop(target, context.counter(), { rounds: HOLDS, holdMs: 25, options }, { timeoutMs: limitMs })
      .finally(() => {
        isOver = true;
      });
    let turns = 0;
    while (turns < TURNS && !isOver) {
      await (await guest.acquire(target, options, { timeoutMs: limitMs })).release();
      if (!isOver) turns += 1;
      await context.sleep(APART_MS);
    }
    context.check("let-in", turns >= TURNS, () => `${turns} turns during ${HOLDS} holds of somebody else`);
    if (!isOver) await greedy.kill();
    await run;
  },
};
