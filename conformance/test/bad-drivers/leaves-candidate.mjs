import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { payload, serve, verbs } from "./base.mjs";

serve({
  acquire: async (request) => {
    const reply = await verbs.acquire(request);
    writeFileSync(join(dirname(reply.lockPath), `.openclaw-lock-${reply.token}.tmp`), payload());
    return reply;
  },
});
