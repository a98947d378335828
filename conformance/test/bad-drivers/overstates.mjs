// Counts a hold that never was.
import { serve, verbs } from "./base.mjs";

serve({
  loop: async (request) => {
    const { completed, acquireMs } = await verbs.loop(request);
    return { completed: completed + 1, acquireMs };
  },
});
