import type { CaseDefinition } from "../../engine/case.js";
import type { Plan } from "../../oauth-server/plan.js";
import { keeps } from "../support/expect.js";
import { bytesOf } from "../support/files.js";
import { intentIs } from "../support/intents.js";
import { anotherPlace, expiredPlace } from "../support/logins.js";
import { posts, refresh, refused } from "../support/refreshing.js";

/** Answers after which nobody knows whether the token was consumed. */
const ANSWERS: Readonly<Record<string, Plan>> = {
  "answer-lost": { after: "drop" },
  "request-lost": { before: "drop" },
  "redirect-307": { answer: { status: 307, headers: { location: "/token" } } },
  "redirect-302": { answer: { status: 302, headers: { location: "/token" } } },
  "server-error": { answer: { status: 500 } },
  "bad-gateway": { answer: { status: 502, body: "<html>" } },
  unavailable: { answer: { status: 503 } },
  "other-error": { answer: { status: 400, body: { error: "temporarily_unavailable" } } },
  "not-json": { answer: { status: 200, body: "<html>" } },
  "no-token": { answer: { status: 200, body: { expires_in: 3600, refresh_token: "r" } } },
  "blank-token": { answer: { status: 200, body: { access_token: "  ", refresh_token: "r", expires_in: 3600 } } },
  "not-text": { answer: { status: 200, body: { access_token: 7, refresh_token: "r", expires_in: 3600 } } },
};

export const outcomeUnknown: CaseDefinition = {
  id: "outcome-unknown",
  title: "A request whose outcome nobody knows is made once, and is not made again by itself",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-5", "REFRESH-9", "REFRESH-10"],
  field: [66, 70, 72],
  profile: "refresh",
  needs: ["refresh"],
  parallel: true,
  how: "The connection is lost before or after the rotation, the provider redirects, breaks down, or answers with nothing that could be a token. Each must end in refresh_outcome_unknown after exactly one request (no redirect followed, nothing tried again), with the store as it was and the intent marked unknown; the next caller is refused in the same way and sends nothing.",
  timeoutMs: 120_000,
  async run(context) {
    const first = await expiredPlace(context, { store: "unknown/store.json" });
    const { server } = first;
    const [driver, another] = [await context.spawn(), await context.spawn()];
    let sent = 0;
    for (const [name, plan] of Object.entries(ANSWERS)) {
      const place = await anotherPlace(context, first, `${name}/store.json`);
      const bytes = bytesOf(place.store);
      server.next(plan);
      const why = `the answer was ${name}`;
      refused(context, "unknown", await refresh(context, driver, place), "refresh_outcome_unknown", why);
      sent += 1;
      posts(context, "one-post-each", place, sent, why);
      intentIs(context, "marked", place, "unknown");
      keeps(context, "store-kept", place.store, bytes, why);
      refused(context, "others-told", await refresh(context, another, place), "refresh_outcome_unknown", why);
      posts(context, "others-send-nothing", place, sent, why);
    }
  },
};
