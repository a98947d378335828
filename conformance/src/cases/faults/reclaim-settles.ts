import { rmSync } from "node:fs";
import type { CaseDefinition } from "../../engine/case.js";
import { gotIt } from "../support/expect.js";
import { bytesOf, lockOf } from "../support/files.js";
import { plantDeadLock } from "../support/plants.js";
import { stoppedAt } from "../support/points.js";

export const reclaimSettles: CaseDefinition = {
  id: "reclaim-settles",
  title: "After a reclaim the new holder verifies before it believes that it holds",
  group: "faults",
  level: "MUST",
  rules: ["RECLAIM-5"],
  field: [24],
  profile: "reclaim",
  needs: ["basic", "reclaim", "points"],
  parallel: true,
  how: "A reclaimer is stopped after it has published its lock, and the lock is removed, as an old OpenClaw does that had judged the same dead lock. Continued, the reclaimer must notice it, contend again, and hold a lock that is really there.",
  timeoutMs: 30_000,
  async run(context) {
    const target = context.target();
    plantDeadLock(context, target);
    const reclaimer = await stoppedAt(context, "reclaim:published", target);
    rmSync(lockOf(target));
    reclaimer.driver.cont();
    const held = gotIt(context, "contends-again", await reclaimer.pending.result, "nobody else wants the lock");
    const isOwn = bytesOf(lockOf(target)).includes(held.token);
    context.check("really-there", isOwn, "the new holder believes in a lock that is gone");
    await held.release();
  },
};
