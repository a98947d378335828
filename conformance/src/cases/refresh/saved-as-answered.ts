import { writeFileSync } from "node:fs";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { intentState } from "../support/intents.js";
import { anotherPlace, credentialIn, expire, expiredPlace, type Place } from "../support/logins.js";
import {
  answerOf,
  answersStored,
  arrives,
  familyLives,
  gotToken,
  posts,
  refresh,
  startRefresh,
} from "../support/refreshing.js";
import { fresh } from "../support/team.js";

export const savedAsAnswered: CaseDefinition = {
  id: "saved-as-answered",
  title: "What the provider answered is written over the stored credential, and every other byte stays",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-7", "REFRESH-10"],
  field: [70, 79],
  profile: "refresh",
  needs: ["refresh", "points"],
  parallel: true,
  how: "A store with unknown keys and odd spelling holds the login. After a refresh only access, refresh and expires may differ. Lifetimes count from the request, not from an answer that came late; without one, an hour is assumed. Where the provider does not rotate, the stored refresh token stays; a kill between answer and save then costs nobody the login.",
  timeoutMs: 60_000,
  async run(context) {
    const place = await expiredPlace(context, { store: "odd/store.json" });
    const { login, server, store } = place;
    const text = (access: string, refreshToken: string, expires: unknown): string =>
      `{ "version":1.0, "profiles" : {"zeta": {"n": 1e2}, "xai:default":{"type":"oauth","provider":"xai",\n "access": ${JSON.stringify(access)} ,"refresh":${JSON.stringify(refreshToken)},"expires":  ${String(expires)}, "future": [1 ,2],"email":"a@b.example"} },"other":"\\u0041"}`;
    writeFileSync(store, text(login.access, login.refresh, 1000));
    const reply = gotToken(
      context,
      "refreshed",
      await refresh(context, await context.spawn(), place),
      "refreshed",
      "it has expired",
    );
    const { newest } = server.tokens;
    keeps(
      context,
      "other-bytes",
      store,
      text(newest!.access, newest!.refresh, reply["expires"]),
      "nothing else was answered",
    );

    await lifetimes(context, await anotherPlace(context, place, "late/store.json"));
    await withoutRotation(context);
  },
};

async function lifetimes(context: CaseContext, place: Place): Promise<void> {
  const { server } = place;
  const n = server.requests.length + 1;
  server.next({ after: "hold", changed: { expires_in: 1000 } });
  const started = Date.now();
  const pending = startRefresh(context, await context.spawn(), place);
  const request = await arrives(context, "a request", server.holding(n));
  await context.sleep(1_200);
  server.release();
  const reply = gotToken(context, "late", await answerOf(context, pending), "refreshed", "the answer came late");
  answersStored(context, place, reply);
  const [earliest, latest] = [started + 1_000_000, request.at + 1_000_000];
  const expires = Number(reply["expires"]);
  context.check("counts-from-the-request", expires >= earliest && expires <= latest, () => {
    return `expires is ${expires - latest} ms after the request and its lifetime`;
  });
  expire(place);
  server.next({ changed: { expires_in: undefined } });
  const assumed = gotToken(
    context,
    "assumed",
    await refresh(context, await context.spawn(), place),
    "refreshed",
    "no lifetime was answered",
  );
  const left = Number(assumed["expires"]) - Date.now();
  context.check("an-hour-is-assumed", left > 3_500_000 && left <= 3_600_000, () => `it is ${left} ms`);
}

async function withoutRotation(context: CaseContext): Promise<void> {
  const place = await expiredPlace(context, { store: "fixed/store.json", lifetimes: { rotate: false } });
  const refreshToken = place.login.refresh;
  const first = await refresh(context, await context.spawn(), place);
  gotToken(context, "fixed", first, "refreshed", "it has expired");
  context.check(
    "same-refresh-token",
    credentialIn(place.store)?.["refresh"] === refreshToken,
    "the refresh token has changed",
  );
  expire(place);
  // The same access token comes back too: the generation is the one that was sent.
  const { newest } = place.server.tokens;
  const same = { access_token: newest!.access, refresh_token: refreshToken };
  place.server.next({ changed: same }, { changed: same });
  const victim = await fresh(context);
  await victim.arm("store:verified", "kill");
  startRefresh(context, victim, place);
  await victim.nextEvent("store:verified", { timeoutMs: 20_000 });
  const next = await refresh(context, await context.spawn(), place);
  gotToken(context, "not-blocked", next, "refreshed", "the provider does not rotate, and the token is good");
  posts(context, "posts", place, 3, "it was killed once");
  familyLives(context, place);
  // What the killed process was about to rename is swept later.
  context.check("intent-gone", intentState(place) === undefined, "the intent of a token that is still good stayed");
}
