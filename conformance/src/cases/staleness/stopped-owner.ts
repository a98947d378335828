import { utimesSync } from "node:fs";
import type { CaseDefinition } from "../../engine/case.js";
import { keptFromTaking } from "../support/verdicts.js";

export const stoppedOwner: CaseDefinition = {
  id: "stopped-owner",
  title: "A holder that stands still for longer than stale keeps its lock",
  group: "staleness",
  level: "MUST",
  rules: ["VERDICT-7", "VERDICT-10"],
  field: [16, 22],
  profile: "basic",
  needs: ["basic"],
  environment: ["linux"],
  parallel: true,
  how: "A holder is stopped (SIGSTOP), its lock made to look untouched for an hour. Contenders with a staleMs far below must time out; the holder, continued, must still hold and release.",
  timeoutMs: 30_000,
  async run(context) {
    const target = context.target();
    const holder = await context.spawn();
    const held = await holder.acquire(target);
    await holder.stop();
    const hourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(held.lockPath, hourAgo, hourAgo);
    await keptFromTaking(context, await context.spawn(), target, "kept", "its holder is stopped, not dead");
    holder.cont();
    context.check("still-held", await held.verify(), "the holder lost its lock while it was stopped");
    await held.release();
  },
};
