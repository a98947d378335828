import type { CaseDefinition } from "../../engine/case.js";
import { timed } from "../support/expect.js";
import { intentIs, nothingBeside } from "../support/intents.js";
import { anotherPlace, expiredPlace } from "../support/logins.js";
import { arrives, familyLives, gotToken, posts, refresh, refused } from "../support/refreshing.js";

export const refreshCallLimit: CaseDefinition = {
  id: "refresh-call-limit",
  title: "A request that never ends is given up as an unknown outcome, and only whoever takes the risk sends again",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-5", "REFRESH-8", "REFRESH-9"],
  field: [69, 70, 75],
  profile: "refresh",
  needs: ["refresh"],
  parallel: true,
  how: "The provider does not answer within callTimeoutMs. The call must end in refresh_outcome_unknown, not before the limit and soon after, its connection ended and its intent marked unknown. Another caller is refused in the same way and sends nothing; with `resend: if-dead` it refreshes, although the maker lives, since that sends nothing any more. The caller's own time-out is no limit of the request.",
  timeoutMs: 60_000,
  async run(context) {
    const place = await expiredPlace(context);
    const { server } = place;
    server.next({ before: "hold" });
    const limited = await context.spawn();
    const fields = { callTimeoutMs: 1_000, options: { timeoutMs: 300 } };
    const { result, ms } = await timed(() => refresh(context, limited, place, fields));
    const error = refused(context, "given-up", result, "refresh_outcome_unknown", "no answer came");
    context.check("not-before", ms >= 950, () => `it gave up after ${Math.round(ms)} ms`);
    context.check("soon-after", ms < context.limit(13_000), () => `it gave up after ${Math.round(ms)} ms`);
    context.check("names-the-intent", error["intent"] !== undefined, "the intent is not named");
    const request = await arrives(context, "the end of the connection", server.settled(1));
    context.check("told-to-stop", request.outcome === "client-gone", () => `the request is ${request.outcome}`);
    intentIs(context, "marked", place, "unknown");

    const another = await context.spawn();
    const told = await refresh(context, another, place);
    refused(context, "others-told", told, "refresh_outcome_unknown", "nobody knows what became of the request");
    posts(context, "others-send-nothing", place, 1, "nobody knows what became of the request");
    gotToken(
      context,
      "resent",
      await refresh(context, another, place, { resend: "if-dead" }),
      "refreshed",
      "the risk was taken",
    );
    familyLives(context, place);
    nothingBeside(context, "nothing-stays", place);
    server.release();

    const slow = await anotherPlace(context, place, "slow/store.json");
    server.next({ delayMs: 1_500 });
    const patient = await refresh(context, another, slow, { options: { timeoutMs: 300 } });
    gotToken(context, "callers-time-is-no-limit", patient, "refreshed", "the provider was slow");
  },
};
