// The number of another process in its lock.
import { writeFileSync } from "node:fs";
import { serve, verbs } from "./base.mjs";

serve({
  acquire: async (request) => {
    const reply = await verbs.acquire(request);
    const lock = {
      pid: 1,
      createdAt: new Date().toISOString(),
      protocol: 1,
      token: reply.token,
      platform: process.platform,
    };
    writeFileSync(reply.lockPath, `${JSON.stringify(lock, null, 2)}\n`);
    return reply;
  },
});
