import { rmSync, utimesSync } from "node:fs";
import type { CaseDefinition } from "../../engine/case.js";
import { gotIt } from "../support/expect.js";
import { fresh } from "../support/team.js";
import { keptFromTaking } from "../support/verdicts.js";

export const releaseStopped: CaseDefinition = {
  id: "release-stopped",
  title: "A holder that is stopped between comparing and unlinking its lock still keeps everybody out",
  group: "faults",
  level: "MUST",
  rules: ["RELEASE-1", "PUBLISH-7", "VERDICT-10"],
  field: [16, 28],
  profile: "basic",
  needs: ["basic", "points"],
  environment: ["linux"],
  how: "A holder is stopped in its release, the lock compared and not yet removed, for longer than a contender's staleMs. The contender must wait; continued, the holder removes its own lock and nobody else's. If the lock is removed meanwhile, it was released all the same.",
  timeoutMs: 30_000,
  async run(context) {
    const target = context.target();
    const holder = await fresh(context);
    const held = await holder.acquire(target);
    await holder.arm("release:compared", "stop");
    const release = held.tryRelease();
    await holder.nextEvent("release:compared");
    const hourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(held.lockPath, hourAgo, hourAgo);
    const contender = await context.spawn();
    await keptFromTaking(context, contender, target, "kept", "its holder has not removed it yet");

    holder.cont();
    const reply = await release;
    context.check("released", reply.status === "ok", () => `the release said ${JSON.stringify(reply)}`);
    const next = await contender.tryAcquire(target, { timeoutMs: 0 });
    await gotIt(context, "next-acquires", next, "the lock was released").release();

    const again = await holder.acquire(target);
    await holder.arm("release:compared", "stop");
    const gone = again.tryRelease();
    await holder.nextEvent("release:compared");
    rmSync(again.lockPath);
    holder.cont();
    const { status } = await gone;
    context.check("gone-meanwhile", status === "ok", "the lock was the holder's own when the guarded work was over");
  },
};
