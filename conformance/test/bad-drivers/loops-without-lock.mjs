import { serve, verbs } from "./base.mjs";

serve({
  loop: async ({ counter, log, rounds, holdMs }) => {
    for (let round = 0; round < rounds; round += 1) await verbs.guarded({ counter, log, holdMs });
    return { completed: rounds, acquireMs: { max: 0, mean: 0 } };
  },
});
