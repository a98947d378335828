import type { CaseDefinition } from "../../engine/case.js";
import { gotIt } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { helperLock, openclawLock } from "../support/payloads.js";
import { deadPid, sleeper } from "../support/processes.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

const FUTURE = new Date("2099-01-01T00:00:00.000Z");
const OLD = "2020-01-01T00:00:00.000Z";
const STALE_MS = 600;

export const futureDates: CaseDefinition = {
  id: "future-dates",
  title: "A lock dated in the future is judged by its owner, or by time that was watched",
  group: "staleness",
  level: "MUST",
  rules: ["VERDICT-3"],
  field: [58],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  environment: ["linux"],
  parallel: true,
  how: "Locks dated 2099: a dead owner's is taken at once, a living owner's is kept. One without an owner counts as old only after it was watched unchanged for staleMs: a single try must not take it, a longer wait must.",
  timeoutMs: 40_000,
  async run(context) {
    const contender = await context.spawn();
    const createdAt = FUTURE.toISOString();
    const mtime = FUTURE;
    const dead = context.target("dead.json");
    context.plant(lockOf(dead), helperLock(lockOf(dead), { pid: deadPid(), starttime: 1, createdAt }), { mtime });
    await takenAtOnce(context, contender, dead, "dead-taken", "its owner is dead");

    const live = context.target("live.json");
    context.plant(lockOf(live), helperLock(lockOf(live), { ...(await sleeper(context)), createdAt }), { mtime });
    await keptFromTaking(context, contender, live, "live-kept", "its owner lives");

    const watched = context.target("watched.json");
    context.plant(lockOf(watched), openclawLock({ createdAt: OLD }), { mtime });
    const options = { staleMs: STALE_MS, timeoutMs: 0 };
    await keptFromTaking(context, contender, watched, "unwatched-kept", "nobody has watched it yet", options);
    const attempt = await contender.tryAcquire(watched, { staleMs: STALE_MS, timeoutMs: context.limit(15_000) });
    const held = gotIt(context, "watched-taken", attempt, "it was watched for longer than staleMs");
    const isWatched = held.waitedMs >= STALE_MS - 5;
    context.check("watched-long-enough", isWatched, () => `taken after ${held.waitedMs} ms, before staleMs had passed`);
    await held.release();
  },
};
