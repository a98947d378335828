// A witness in its lock that is not there.
import { writeFileSync } from "node:fs";
import { serve, verbs } from "./base.mjs";

serve({
  acquire: async (request) => {
    const reply = await verbs.acquire(request);
    const witness = ".openclaw-lock-0123456789abcdef.sock";
    const lock = {
      pid: process.pid,
      createdAt: new Date().toISOString(),
      protocol: 1,
      token: reply.token,
      platform: process.platform,
      witness,
    };
    writeFileSync(reply.lockPath, `${JSON.stringify(lock, null, 2)}\n`);
    return { ...reply, witness };
  },
});
