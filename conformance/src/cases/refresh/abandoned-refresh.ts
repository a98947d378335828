import { rmSync } from "node:fs";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { timed } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { nothingBeside } from "../support/intents.js";
import { anotherPlace, expiredPlace, type Place } from "../support/logins.js";
import {
  answerOf,
  answersStored,
  arrives,
  familyLives,
  gotToken,
  posts,
  refused,
  sentOnce,
  startRefresh,
  storedNewest,
} from "../support/refreshing.js";

export const abandonedRefresh: CaseDefinition = {
  id: "abandoned-refresh",
  title: "Whoever gives up a refresh under way does not lose the token that it brings",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-7", "REFRESH-8"],
  field: [69, 70],
  profile: "refresh",
  needs: ["basic", "refresh", "cancel"],
  parallel: true,
  how: "The provider has rotated and holds its answer back. Meanwhile the caller cancels, or its time runs out, or its lock is removed, or is removed and taken by somebody else. Each time the call must end, once the answer comes, with the token that is then stored, after one request; a process that waits meanwhile adopts it. A wait that is cancelled before anything was sent ends at once as cancelled.",
  timeoutMs: 120_000,
  async run(context) {
    const first = await expiredPlace(context, { store: "cancelled/store.json" });
    await inFlight(context, first, 60_000, async (driver, id) => void (await driver.ask("cancel", { request: id })));
    await inFlight(context, await anotherPlace(context, first, "timed-out/store.json"), 500, async () => {
      await context.sleep(context.limit(1_200));
    });
    const lost = await anotherPlace(context, first, "lost/store.json");
    await inFlight(context, lost, 60_000, async () => rmSync(lockOf(lost.store)));
    const taken = await anotherPlace(context, first, "taken/store.json");
    await inFlight(context, taken, 60_000, async () => {
      rmSync(lockOf(taken.store));
      const held = await (await context.spawn()).acquire(taken.store);
      setTimeout(() => void held.release(), context.limit(700));
    });
    await beforeFlight(context, await anotherPlace(context, first, "before/store.json"));
  },
};

type Abandon = (driver: Awaited<ReturnType<CaseContext["spawn"]>>, id: number) => Promise<void>;

async function inFlight(context: CaseContext, place: Place, timeoutMs: number, abandon: Abandon): Promise<void> {
  const { server } = place;
  const before = server.requests.length;
  server.next({ after: "hold" });
  const driver = await context.spawn();
  const pending = startRefresh(context, driver, place, { options: { timeoutMs: context.limit(timeoutMs) } });
  await arrives(context, "a request", server.holding(before + 1));
  await abandon(driver, pending.id);
  // Who works for longer than others think a lock may last is not expelled.
  const waiting = startRefresh(context, await context.spawn(), place, { options: { staleMs: 100 } });
  await context.sleep(context.limit(300));
  context.check("goes-on", server.requests[before]?.outcome === "pending", "the request was broken off");
  context.check("settles-first", !pending.settled, "the call ended before anybody could know what came of it");
  server.release();
  const reply = gotToken(
    context,
    "not-thrown-away",
    await answerOf(context, pending),
    "refreshed",
    "the refresh was completed",
  );
  answersStored(context, place, reply);
  gotToken(context, "waiter-adopts", await answerOf(context, waiting), "adopted", "the refresh was completed");
  posts(context, "one-post", place, before + 1, "a refresh was given up and went on");
  storedNewest(context, place);
  sentOnce(context, place);
  familyLives(context, place);
  nothingBeside(context, "nothing-stays", place);
}

async function beforeFlight(context: CaseContext, place: Place): Promise<void> {
  const before = place.server.requests.length;
  const held = await (await context.spawn()).acquire(place.store);
  const driver = await context.spawn();
  const pending = startRefresh(context, driver, place);
  await context.sleep(context.limit(200));
  const { result, ms } = await timed(async () => {
    await driver.ask("cancel", { request: pending.id });
    return answerOf(context, pending);
  });
  refused(context, "cancelled", result, "cancelled", "nothing had been sent");
  context.check("at-once", ms < context.limit(3_000), () => `the cancellation took ${Math.round(ms)} ms`);
  posts(context, "nothing-sent", place, before, "it was cancelled while it waited");
  await held.release();
}
