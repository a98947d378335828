import { rmSync } from "node:fs";
import type { CaseContext, CaseDefinition, Driver, Pending } from "../../engine/case.js";
import { lockOf } from "../support/files.js";
import { nothingBeside } from "../support/intents.js";
import { expiredPlace, type Place } from "../support/logins.js";
import {
  answerOf,
  answersStored,
  familyLives,
  gotToken,
  posts,
  refresh,
  refused,
  sentOnce,
  startRefresh,
  storedNewest,
} from "../support/refreshing.js";
import { fresh } from "../support/team.js";

/** Where a process stands still, and what another one gets meanwhile that finds no lock. */
const POINTS: Readonly<Record<string, { readonly meanwhile: "refreshed" | "waits" | "fresh"; readonly last: string }>> =
  {
    "refresh:read": { meanwhile: "refreshed", last: "adopted" },
    "refresh:locked": { meanwhile: "refreshed", last: "adopted" },
    "refresh:intended": { meanwhile: "waits", last: "refreshed" },
    "refresh:verified": { meanwhile: "waits", last: "refreshed" },
    "refresh:answered": { meanwhile: "waits", last: "refreshed" },
    "store:written": { meanwhile: "waits", last: "refreshed" },
    "store:verified": { meanwhile: "waits", last: "refreshed" },
    "store:renamed": { meanwhile: "fresh", last: "refreshed" },
    "refresh:saved": { meanwhile: "fresh", last: "refreshed" },
  };

export const refreshStopped: CaseDefinition = {
  id: "refresh-stopped",
  title: "A process that stands still and loses its lock neither sends a token twice nor loses what it got",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-1", "REFRESH-4", "REFRESH-5", "REFRESH-7"],
  field: [16, 29, 68, 69],
  profile: "refresh",
  needs: ["refresh", "points"],
  parallel: true,
  how: "At each point of a refresh a process stands still and its lock is removed. Another one then refreshes (no intent is there yet), waits until refresh_contention and sends nothing (the intent of a living process is there), or finds the login fresh. Continued, the first must end with the one token that was issued; the token was sent once, and nothing stays.",
  timeoutMs: 180_000,
  async run(context) {
    for (const [point, { meanwhile, last }] of Object.entries(POINTS)) {
      const place = await expiredPlace(context, { store: `${point.replace(":", "-")}/store.json` });
      const { driver, pending } = await stoppedIn(context, place, point);
      rmSync(lockOf(place.store), { force: true });
      await another(context, place, meanwhile, point);
      driver.cont();
      const reply = gotToken(
        context,
        `then-${point.replace(":", "-")}`,
        await answerOf(context, pending),
        last,
        `it was continued at ${point}`,
      );
      answersStored(context, place, reply);
      storedNewest(context, place);
      posts(context, "one-post", place, 1, `it was stopped at ${point}`);
      sentOnce(context, place);
      familyLives(context, place);
      nothingBeside(context, "nothing-stays", place);
    }
    await oneByOne(context);
  },
};

async function stoppedIn(
  context: CaseContext,
  place: Place,
  point: string,
  fields: { readonly locks?: readonly string[] } = {},
): Promise<{ driver: Driver; pending: Pending }> {
  const driver = await fresh(context);
  await driver.arm(point, "stop");
  const pending = startRefresh(context, driver, place, fields);
  await driver.nextEvent(point, { timeoutMs: 20_000 });
  return { driver, pending };
}

async function another(context: CaseContext, place: Place, what: string, point: string): Promise<void> {
  const before = place.server.requests.length;
  const reply = await refresh(context, await context.spawn(), place, {
    options: { timeoutMs: what === "waits" ? 1_000 : context.limit(20_000) },
  });
  if (what === "waits") {
    refused(context, "another-waits", reply, "refresh_contention", `somebody who lives is at ${point}`);
    posts(context, "sends-nothing", place, before, `somebody who lives is at ${point}`);
  } else gotToken(context, "another-gets-it", reply, what, `somebody has lost its lock at ${point}`);
}

/** With one of two locks lost, all are let go before they are taken again: whoever has the first waits for the second. */
async function oneByOne(context: CaseContext): Promise<void> {
  const place = await expiredPlace(context, { store: "two-locks/store.json" });
  const first = context.target("two-locks/first");
  const { driver, pending } = await stoppedIn(context, place, "refresh:answered", { locks: [first, place.store] });
  rmSync(lockOf(first));
  const other = await context.spawn();
  const held = await other.acquire(first);
  const second = other.startAcquire(place.store, { timeoutMs: context.limit(20_000) });
  driver.cont();
  const attempt = await second.result;
  context.require(
    "no-deadlock",
    attempt.status === "acquired",
    "it kept the second lock while it waited for the first",
  );
  await attempt.held.release();
  await held.release();
  gotToken(context, "saved-at-last", await answerOf(context, pending), "refreshed", "both locks were free again");
  storedNewest(context, place);
  posts(context, "one-post", place, 1, "one of two locks was lost");
  nothingBeside(context, "nothing-stays", place);
}
