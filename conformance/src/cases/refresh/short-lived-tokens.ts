import type { CaseDefinition } from "../../engine/case.js";
import { credentialIn, expiredPlace } from "../support/logins.js";
import { answersStored, familyLives, gotToken, posts, refresh, sentOnce } from "../support/refreshing.js";
import { crew, helpers } from "../support/team.js";

export const shortLivedTokens: CaseDefinition = {
  id: "short-lived-tokens",
  title: "Tokens that live shorter than the margin, or are rejected early, cost one request for all waiters too",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-2"],
  field: [66, 68],
  profile: "refresh",
  needs: ["refresh"],
  columns: ["own", "mix"],
  how: "The provider's access tokens live one minute, which is less than the margin of five, so that no token is ever fresh by the clock. Ten processes at once, with an expired login, must make one request and get its token. So must ten that were told by a server that the stored token is rejected. A caller with another rejected token, or a blank one, gets a stored fresh one without a request.",
  timeoutMs: 90_000,
  async run(context) {
    const place = await expiredPlace(context, { lifetimes: { accessTtl: 60 } });
    place.server.always({ delayMs: 100 });
    const everybody = await crew(context, helpers(context), 10);
    const first = await Promise.all(everybody.map((driver) => refresh(context, driver, place)));
    for (const reply of first) {
      const token = gotToken(context, "all-get-it", reply, ["adopted", "fresh", "refreshed"], "one refreshes");
      answersStored(context, place, token);
    }
    posts(context, "one-post", place, 1, "ten processes waited for a short-lived token");

    const rejected = String(credentialIn(place.store)?.["access"]);
    const second = await Promise.all(everybody.map((driver) => refresh(context, driver, place, { rejected })));
    for (const reply of second) {
      const token = gotToken(context, "all-get-another", reply, ["adopted", "fresh", "refreshed"], "one refreshes");
      context.check("not-the-rejected", token["access"] !== rejected, "it answered the rejected token");
      answersStored(context, place, token);
    }
    posts(context, "one-post-more", place, 2, "ten processes have the same rejected token");
    sentOnce(context, place);
    familyLives(context, place);

    const long = await expiredPlace(context, { store: "long/store.json" });
    const driver = everybody[0]!;
    gotToken(context, "refreshes", await refresh(context, driver, long), "refreshed", "it has expired");
    for (const other of ["of-somebody-else", "", "  "]) {
      const reply = await refresh(context, driver, long, { rejected: other });
      gotToken(context, "another-says-nothing", reply, "fresh", `the rejected token is ${JSON.stringify(other)}`);
    }
    posts(context, "no-post-for-it", long, 1, "another token was rejected");
  },
};
