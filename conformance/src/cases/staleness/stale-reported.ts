import { rmSync } from "node:fs";
import type { CaseDefinition } from "../../engine/case.js";
import { keeps, leftNothing, timed, wasRefused } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { helperLock } from "../support/payloads.js";
import { deadPid } from "../support/processes.js";

export const staleReported: CaseDefinition = {
  id: "stale-reported",
  title: "With removal forbidden a dead owner's lock is reported and kept",
  group: "staleness",
  level: "MUST",
  rules: ["RECLAIM-9", "ERROR-1"],
  field: [13],
  profile: "reclaim",
  needs: ["basic", "reclaim", "detail"],
  parallel: true,
  refusalsOnly: true,
  how: "A dead owner's lock is asked for with reclaim: false. It must be refused with file_lock_stale at once, naming the dead owner, and nothing may be removed or made.",
  timeoutMs: 20_000,
  async run(context) {
    const target = context.target();
    const pid = deadPid();
    const bytes = helperLock(lockOf(target), { pid, starttime: 1 });
    context.plant(lockOf(target), bytes);
    const contender = await context.spawn();
    const { result, ms } = await timed(() => contender.tryAcquire(target, { reclaim: false, timeoutMs: 15_000 }));
    const { holder } = wasRefused(context, "reported", result, "file_lock_stale", "removal was forbidden");
    context.check("at-once", ms < context.limit(5_000), () => `it took ${Math.round(ms)} ms`);
    context.check("names-the-dead", holder?.pid === pid, () => `the holder is ${JSON.stringify(holder)}`);
    keeps(context, "kept", lockOf(target), bytes, "removal was forbidden");
    rmSync(lockOf(target), { force: true });
    leftNothing(context, "nothing-made", target, "a refusal");
  },
};
