import { dirname } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { timed } from "../support/expect.js";
import { excuseIntents, intentIs } from "../support/intents.js";
import { credentialIn, expire, expiredPlace, type Place } from "../support/logins.js";
import {
  arrives,
  familyLives,
  gotToken,
  posts,
  refresh,
  refused,
  sentOnce,
  startRefresh,
} from "../support/refreshing.js";
import { fresh } from "../support/team.js";

type Fate = "untouched" | "unsent" | "lost" | "saved";

/** What a kill there leaves. */
const POINTS: Readonly<Record<string, Fate>> = {
  "refresh:read": "untouched",
  "refresh:locked": "untouched",
  "refresh:intended": "unsent",
  "refresh:verified": "unsent",
  "refresh:answered": "lost",
  "store:written": "lost",
  "store:verified": "lost",
  "store:renamed": "saved",
  "refresh:saved": "saved",
};

export const refreshKilled: CaseDefinition = {
  id: "refresh-killed",
  title: "A kill at any step of a refresh leaves at most one request with each token, and a next step",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-1", "REFRESH-4", "REFRESH-5", "REFRESH-7"],
  field: [68, 73, 77],
  profile: "refresh",
  needs: ["refresh", "points", "reclaim"],
  parallel: true,
  how: "At each point of a refresh and of its saving, and with the request under way, a process kills itself. Before the intent the next caller refreshes; after the saving it finds the login fresh; in between it is refused with refresh_outcome_unknown, names the intent, the age and what to do, and sends nothing. Where nothing was sent, `resend: if-dead` refreshes; where the token was spent, it ends in refresh_rejected.",
  timeoutMs: 180_000,
  async run(context) {
    for (const [point, fate] of Object.entries(POINTS)) {
      const place = await expiredPlace(context, { store: `${point.replace(":", "-")}/store.json` });
      const victim = await fresh(context);
      await victim.arm(point, "kill");
      startRefresh(context, victim, place);
      await victim.nextEvent(point, { timeoutMs: 20_000 });
      await judge(context, place, fate, `a kill at ${point}`);
    }
    for (const [when, fate] of [
      ["before", "unsent"],
      ["after", "lost"],
    ] as const) {
      const place = await expiredPlace(context, { store: `held-${when}/store.json` });
      const { server } = place;
      server.next({ [when]: "hold" });
      const victim = await fresh(context);
      startRefresh(context, victim, place);
      await arrives(context, "a request", server.holding(1));
      await victim.kill();
      await judge(context, place, fate, `a kill with the request held ${when} the rotation`, 1);
      server.release();
    }
  },
};

async function judge(context: CaseContext, place: Place, fate: Fate, why: string, seen?: number): Promise<void> {
  const { server } = place;
  const next = await context.spawn();
  const sent = seen ?? (fate === "untouched" || fate === "unsent" ? 0 : 1);
  posts(context, "posts-before", place, sent, why);
  const { result: reply, ms } = await timed(() => refresh(context, next, place));
  context.check(
    "next-at-once",
    ms < context.limit(5_000),
    () => `the next caller needed ${Math.round(ms)} ms after ${why}`,
  );
  if (fate === "untouched") {
    gotToken(context, "refreshes", reply, "refreshed", why);
    posts(context, "one-post", place, sent + 1, why);
    familyLives(context, place);
  } else if (fate === "saved") {
    gotToken(context, "saved", reply, "fresh", why);
    expire(place);
    gotToken(context, "refreshes-later", await refresh(context, next, place), "refreshed", why);
    familyLives(context, place);
  } else {
    const error = refused(context, "unknown", reply, "refresh_outcome_unknown", why);
    posts(context, "sends-nothing", place, sent, `the next caller after ${why}`);
    intentIs(context, "intent-stays", place, "sent");
    context.check(
      "names-the-intent",
      String(error["intent"]).includes(".openclaw-refresh-"),
      "the intent is not named",
    );
    const words = `${error.message} ${error.hint ?? ""}`;
    context.check(
      "says-what-to-do",
      /sign in|log ?in/i.test(words) && /resend/i.test(words),
      () => `it only says: ${words}`,
    );
    await resent(context, place, fate, why, seen);
  }
  sentUnlessResent(context, place, fate, seen);
  excuseIntents(context, dirname(place.store));
  await server.close();
}

/** The caller takes the risk: the maker is dead, and whether the token was spent is seen now. */
async function resent(context: CaseContext, place: Place, fate: Fate, why: string, seen?: number): Promise<void> {
  const before = credentialIn(place.store, place.at);
  const reply = await refresh(context, await context.spawn(), place, { resend: "if-dead" });
  if (fate === "unsent") {
    gotToken(context, "resent", reply, "refreshed", `${why}, and nothing was spent`);
    if (seen === undefined) familyLives(context, place);
  } else {
    refused(context, "resent-in-vain", reply, "refresh_rejected", `${why}, and the token was spent`);
    const same = JSON.stringify(credentialIn(place.store, place.at)) === JSON.stringify(before);
    context.check("store-kept", same, "a failure has changed the stored credential");
  }
}

function sentUnlessResent(context: CaseContext, place: Place, fate: Fate, seen?: number): void {
  if (fate !== "lost" && seen === undefined) sentOnce(context, place);
}
