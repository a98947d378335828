import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { expire, type Place } from "../support/logins.js";
import { openclawPlace, openclawRefresh } from "../support/openclaw.js";
import { answersStored, familyLives, gotToken, posts, sentOnce, storedNewest } from "../support/refreshing.js";
import { crew, helpers, peers } from "../support/team.js";

export const onePostWithOpenclaw: CaseDefinition = {
  id: "one-post-with-openclaw",
  title: "Helpers and OpenClaw's own code, with one expired login between them, make one request",
  group: "openclaw",
  level: "MUST",
  rules: ["STATE-3", "STATE-8", "REFRESH-1"],
  field: [62, 63, 66, 67],
  profile: "refresh",
  needs: ["openclaw"],
  columns: ["own", "mix"],
  peers: true,
  how: "Twenty processes find the login of a JSON store expired: seventeen with a helper, three as OpenClaw up to 2026.6.1 does it, with its own lock code: read, take the refresh lock and the store's lock, read again, send, save. Each expiry must cost one request, all must get the token that is then stored, and the login must live to the end.",
  timeoutMs: 600_000,
  async run(context: CaseContext) {
    const place = await openclawPlace(context);
    place.server.always({ delayMs: 20 });
    // The code that OpenClaw had while its store was JSON.
    const openclaw = peers(context, "G2");
    context.require("openclaw-takes-part", openclaw.length > 0, "no peer of that time is here");
    const everybody = [...(await crew(context, helpers(context), 17)), ...(await crew(context, openclaw, 3))];
    const expiries = context.pick(5, 50);
    for (let expiry = 1; expiry <= expiries; expiry += 1) {
      await oneExpiry(context, everybody, place, expiry);
      if (expiry < expiries) expire(place);
    }
  },
};

async function oneExpiry(context: CaseContext, everybody: readonly Driver[], place: Place, expiry: number) {
  const turns = context.random.shuffle(everybody);
  const replies = await Promise.all(turns.map((driver) => openclawRefresh(context, driver, place.server)));
  for (const reply of replies) {
    const hows = ["fresh", "adopted", "refreshed"];
    answersStored(context, place, gotToken(context, "everybody-gets-it", reply, hows, "the login can be refreshed"));
  }
  posts(context, "one-post", place, expiry, `after ${expiry} expiries`);
  storedNewest(context, place);
  sentOnce(context, place);
  familyLives(context, place);
}
