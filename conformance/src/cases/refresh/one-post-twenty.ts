import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { expire, expiredPlace, type Place } from "../support/logins.js";
import {
  answersStored,
  familyLives,
  gotToken,
  nothingReused,
  posts,
  refresh,
  sentOnce,
  storedNewest,
} from "../support/refreshing.js";
import { watchStore } from "../support/store-watch.js";
import { crew, helpers } from "../support/team.js";

const PROCESSES = 20;

export const onePostTwenty: CaseDefinition = {
  id: "one-post-twenty",
  title: "Twenty processes with one expired login make one request, and all get its token",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-1", "REFRESH-4"],
  field: [66, 68, 75],
  profile: "refresh",
  needs: ["refresh"],
  columns: ["own", "mix"],
  how: "Twenty processes find one login expired, again and again, at a server that rotates and revokes on reuse. Each expiry must cost one request on a connection of its own; all twenty must get the token that is then stored, one of them as refreshed; the store must never be torn or go back; and the login must live to the end.",
  timeoutMs: 900_000,
  async run(context) {
    const place = await expiredPlace(context);
    place.server.always({ delayMs: 20 });
    const everybody = await crew(context, helpers(context), PROCESSES);
    const watch = watchStore(context, place);
    const expiries = context.pick(6, 50);
    for (let expiry = 1; expiry <= expiries; expiry += 1) {
      await oneExpiry(context, everybody, place, expiry);
      if (expiry < expiries) expire(place);
    }
    watch.stop();
    nothingReused(context, place);
  },
};

async function oneExpiry(
  context: CaseContext,
  everybody: readonly Driver[],
  place: Place,
  expiry: number,
): Promise<void> {
  const replies = await Promise.all(everybody.map((driver) => refresh(context, driver, place)));
  const tokens = replies.map((reply) =>
    gotToken(context, "everybody-gets-it", reply, ["fresh", "adopted", "refreshed"], "the login can be refreshed"),
  );
  const refreshers = tokens.filter(({ how }) => how === "refreshed").length;
  context.check("one-refreshes", refreshers === 1, () => `${refreshers} say that they have refreshed`);
  posts(context, "one-post", place, expiry, `after ${expiry} expiries`);
  for (const token of tokens) answersStored(context, place, token, "equal-tokens");
  storedNewest(context, place);
  sentOnce(context, place);
  familyLives(context, place);
}
