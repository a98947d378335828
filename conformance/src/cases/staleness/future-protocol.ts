import type { CaseDefinition } from "../../engine/case.js";
import { lockOf } from "../support/files.js";
import { helperLock } from "../support/payloads.js";
import { deadPid, sleeper } from "../support/processes.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

const LATER = { protocol: 2, helper: "rust/2.0.0", lease: { until: "2026-11-21" }, pID: 1 };

export const futureProtocol: CaseDefinition = {
  id: "future-protocol",
  title: "A lock of a later protocol is judged by what never changes its meaning",
  group: "staleness",
  level: "MUST",
  rules: ["PAYLOAD-7", "PAYLOAD-10"],
  field: [23, 63],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  environment: ["linux"],
  parallel: true,
  how: "Locks with protocol 2 and keys that nobody knows: a living owner's is kept, a dead owner's is taken.",
  timeoutMs: 20_000,
  async run(context) {
    const contender = await context.spawn();
    const live = context.target("live.json");
    context.plant(lockOf(live), helperLock(lockOf(live), await sleeper(context), LATER));
    await keptFromTaking(context, contender, live, "live-kept", "its owner lives");
    const dead = context.target("dead.json");
    context.plant(lockOf(dead), helperLock(lockOf(dead), { pid: deadPid(), starttime: 1 }, LATER));
    await takenAtOnce(context, contender, dead, "dead-taken", "its owner is dead");
  },
};
