import { dirname } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { bytesOf } from "../support/files.js";
import { excuseIntents, intentIs, intentReason } from "../support/intents.js";
import { anotherPlace, expired, expiredPlace, type Place, putCredential } from "../support/logins.js";
import { gotToken, posts, refresh, refused, storedNewest } from "../support/refreshing.js";
import { fresh } from "../support/team.js";

export const rejectedIsFinal: CaseDefinition = {
  id: "rejected-is-final",
  title: "A token that the provider has refused is not sent again, by anybody, and stays where it is",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-4", "REFRESH-5", "REFRESH-9"],
  field: [66, 72, 76],
  profile: "refresh",
  needs: ["refresh"],
  parallel: true,
  how: "The provider answers invalid_grant, with 400 and with 401. The call must end in refresh_rejected, the store as it was, and its intent say so, with the error code alone. Every later caller gets the same answer without a request, also with `resend: if-dead` while the maker lives. After its end, resending asks once more. A new login in the same store is refreshed as ever.",
  timeoutMs: 60_000,
  async run(context) {
    const place = await expiredPlace(context, { store: "first/store.json" });
    const { server } = place;
    const maker = await fresh(context);
    const bytes = bytesOf(place.store);
    server.next({
      answer: { status: 400, body: { error: "invalid_grant", error_description: "Token is \u001b[31mspent" } },
    });
    const error = refused(
      context,
      "rejected",
      await refresh(context, maker, place),
      "refresh_rejected",
      "the provider said no",
    );
    context.check(
      "says-sign-in",
      /sign in|log ?in/i.test(`${error.message} ${error.hint}`),
      () => `it only says: ${error.message}`,
    );
    keeps(context, "store-kept", place.store, bytes, "a failure changes no store");
    intentIs(context, "marked", place, "rejected");
    const reason = intentReason(place);
    context.check("reason", reason === "invalid_grant", () => `the reason is ${reason}`);

    const another = await context.spawn();
    for (const resend of ["never", "if-dead"] as const) {
      const reply = await refresh(context, another, place, { resend });
      refused(context, "others-told", reply, "refresh_rejected", "the provider has said no before");
    }
    posts(context, "one-post", place, 1, "the provider has said no before");
    await maker.kill();
    refused(
      context,
      "after-its-end",
      await refresh(context, another, place),
      "refresh_rejected",
      "the provider has said no before",
    );
    posts(context, "still-one-post", place, 1, "the provider has said no before");
    const again = await refresh(context, another, place, { resend: "if-dead" });
    gotToken(
      context,
      "asked-once-more",
      again,
      "refreshed",
      "the caller takes the risk, and the provider has changed its mind",
    );
    await unauthorised(context, await anotherPlace(context, place, "second/store.json"));
    await newLogin(context, place);
  },
};

async function unauthorised(context: CaseContext, place: Place): Promise<void> {
  place.server.next({ answer: { status: 401, body: { error: "invalid_grant" } } });
  refused(
    context,
    "rejected-by-401",
    await refresh(context, await context.spawn(), place),
    "refresh_rejected",
    "it said no",
  );
  intentIs(context, "marked", place, "rejected");
  const login = await place.server.login();
  putCredential(place, expired(login));
  gotToken(
    context,
    "new-login",
    await refresh(context, await context.spawn(), place),
    "refreshed",
    "somebody has signed in",
  );
  storedNewest(context, place);
}

async function newLogin(context: CaseContext, place: Place): Promise<void> {
  const login = await place.server.login();
  putCredential(place, expired(login));
  gotToken(
    context,
    "new-login",
    await refresh(context, await context.spawn(), place),
    "refreshed",
    "somebody has signed in",
  );
  excuseIntents(context, dirname(place.store));
}
