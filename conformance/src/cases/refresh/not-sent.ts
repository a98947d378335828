import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import type { Plan } from "../../oauth-server/plan.js";
import { keeps } from "../support/expect.js";
import { bytesOf } from "../support/files.js";
import { nothingBeside } from "../support/intents.js";
import { expiredPlace, type Place } from "../support/logins.js";
import { answerOf, familyLives, gotToken, posts, refresh, refused } from "../support/refreshing.js";

const error = (status: number, code: string): Plan => ({ answer: { status, body: { error: code } } });

/** Answers after which nothing can have been consumed. */
const ANSWERS: Readonly<Record<string, Plan>> = {
  "invalid_client, 401": error(401, "invalid_client"),
  "invalid_client, 400": error(400, "invalid_client"),
  invalid_request: error(400, "invalid_request"),
  unauthorized_client: error(400, "unauthorized_client"),
  unsupported_grant_type: error(400, "unsupported_grant_type"),
  invalid_scope: error(400, "invalid_scope"),
  "429": { answer: { status: 429 } },
  "503 with Retry-After": { answer: { status: 503, headers: { "retry-after": "1" } } },
};

export const notSent: CaseDefinition = {
  id: "not-sent",
  title: "After a request that can have consumed nothing, the token is sent again next time",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-9"],
  field: [66, 74],
  profile: "refresh",
  needs: ["refresh"],
  parallel: true,
  how: "The connection is refused, or the provider answers 429, 503 with Retry-After, or with a fault of the caller such as invalid_client. Each must be refresh_failed, after one request and no more, with the store as it was and no intent left; the next refresh must work.",
  timeoutMs: 60_000,
  async run(context) {
    const place = await expiredPlace(context);
    const { server } = place;
    const bytes = bytesOf(place.store);
    const driver = await context.spawn();
    let sent = 0;
    for (const [name, plan] of Object.entries(ANSWERS)) {
      server.next(plan);
      refused(context, "failed", await refresh(context, driver, place), "refresh_failed", `the answer was ${name}`);
      sent += 1;
      posts(context, "one-post-each", place, sent, `the answer was ${name}`);
      keeps(context, "store-kept", place.store, bytes, `the answer was ${name}`);
      nothingBeside(context, "no-intent", place);
    }
    await nobodyListens(context, place);
    gotToken(context, "then-works", await refresh(context, driver, place), "refreshed", "nothing was consumed");
    familyLives(context, place);
  },
};

async function nobodyListens(context: CaseContext, place: Place): Promise<void> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  const { store, at, server } = place;
  const fields = { store, at, url: `http://127.0.0.1:${port}/token`, clientId: server.clientId };
  const pending = (await context.spawn()).start("refresh", fields, { timeoutMs: 30_000 });
  refused(context, "connection-refused", await answerOf(context, pending), "refresh_failed", "nobody listens there");
  nothingBeside(context, "no-intent", place);
}
