import type { CaseDefinition } from "../../engine/case.js";
import { gotIt } from "../support/expect.js";
import { plantDeadLock } from "../support/plants.js";
import { peer } from "../support/team.js";

export const reclaimRaceG2: CaseDefinition = {
  id: "reclaim-race-g2",
  title: "An OpenClaw without guards, stopped before its unlink, does not remove the next holder's lock",
  group: "foreign",
  level: "SHOULD",
  rules: ["OPENCLAW-2"],
  field: [24],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  environment: ["linux"],
  columns: ["mix"],
  peers: true,
  how: "OpenClaw 2026.7's code has judged a dead owner's lock and is stopped before it unlinks by name. A helper reclaims the lock and holds. The old OpenClaw goes on: it must not remove the helper's lock. It does (spec/limits.md): an expected failure, in which the helper's verify must tell the truth.",
  noMutant:
    "It fails as it is: the broken implementation in it is OpenClaw's own, and expected-failures.yaml holds it to that.",
  timeoutMs: 40_000,
  async run(context) {
    const target = context.target();
    plantDeadLock(context, target);
    const old = await context.spawn(peer(context, "fs-safe-0.4.1"), { env: {} });
    await old.arm("peer:removing", "stop");
    const pending = old.startAcquire(target, { timeoutMs: 500 });
    await old.nextEvent("peer:removing");
    const helper = await context.spawn();
    const attempt = await helper.tryAcquire(target, { timeoutMs: 0 });
    const held = gotIt(context, "helper-reclaims", attempt, "the owner is dead, and no guard is there");
    // What comes is judged below, by a check of its own that is expected to fail.
    context.referee.forfeit(held);
    old.cont();
    const late = await pending.result;
    const isHeld = await held.verify();
    context.check("verify-tells", isHeld === (late.status !== "acquired"), "verify does not tell who has the lock");
    context.check(
      "lock-survives",
      late.status !== "acquired",
      "the old OpenClaw removed the helper's lock and holds too",
    );
  },
};
