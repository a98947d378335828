import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { keeps, together } from "../support/expect.js";
import { bytesOf } from "../support/files.js";
import { excuseIntents } from "../support/intents.js";
import { anotherPlace, expire, expired, expiredPlace, type Place, putCredential } from "../support/logins.js";
import {
  answerOf,
  arrives,
  familyLives,
  gotToken,
  posts,
  refresh,
  refused,
  sentOnce,
  startRefresh,
  storedNewest,
} from "../support/refreshing.js";
import { crew, helpers } from "../support/team.js";

export const scopeAndOrder: CaseDefinition = {
  id: "scope-and-order",
  title: "One lock for one login by whatever path, no deadlock between two logins, and no login for another's account",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-1", "REFRESH-10", "REFRESH-11"],
  field: [67, 78, 79],
  profile: "refresh",
  needs: ["refresh"],
  columns: ["own", "mix"],
  how: "Two homes share one directory by a link: eight processes, half of them in each, make one request. Two logins share two locks: eight processes refresh both again and again, each expiry costs one request, and none waits for ever. Copies of a login in two stores with common locks and intents: while one is sent, the other is not. An answer for another account is refused with refresh_identity, handed back and not saved.",
  timeoutMs: 180_000,
  async run(context) {
    const place = await expiredPlace(context, { store: "home-a/shared/store.json" });
    await byTwoPaths(context, place);
    await twoLogins(context, place);
    await copies(context, await anotherPlace(context, place, "copy-a/store.json"));
    await otherAccount(context, place);
  },
};

async function byTwoPaths(context: CaseContext, place: Place): Promise<void> {
  const home = join(context.dir, "home-b");
  mkdirSync(home, { mode: 0o777 });
  symlinkSync(dirname(place.store), join(home, "shared"));
  const same = { ...place, store: join(home, "shared", "store.json") };
  place.server.always({ delayMs: 50 });
  const everybody = await crew(context, helpers(context), 8);
  const replies = await Promise.all(
    everybody.map((driver, index) => refresh(context, driver, index % 2 === 0 ? place : same)),
  );
  for (const reply of replies)
    gotToken(context, "all-get-it", reply, ["fresh", "adopted", "refreshed"], "it is one login");
  posts(context, "one-post", place, 1, "two homes share one login");
  familyLives(context, place);
}

async function twoLogins(context: CaseContext, place: Place): Promise<void> {
  const [a, b] = [
    await anotherPlace(context, place, "login-a/store.json"),
    await anotherPlace(context, place, "login-b/store.json"),
  ];
  const locks = [context.target("locks/first"), context.target("locks/second")];
  const before = place.server.requests.length;
  const everybody = await crew(context, helpers(context), 8);
  const rounds = context.pick(4, 20);
  for (let round = 0; round < rounds; round += 1) {
    await together(
      everybody.map(async (driver, index) => {
        const [mine, other] = index % 2 === 0 ? [a, b] : [b, a];
        for (const one of [mine, other]) {
          // The store's own lock is taken last, as OpenClaw does it.
          const reply = await refresh(context, driver, one, { locks: [...locks, one.store] });
          gotToken(context, "no-deadlock", reply, ["fresh", "adopted", "refreshed"], "nobody holds a lock for ever");
        }
      }),
    );
    posts(context, "one-post-each", place, before + 2 * (round + 1), "two logins expired");
    for (const one of [a, b]) expire(one);
  }
  for (const one of [a, b]) familyLives(context, one);
  sentOnce(context, place);
}

/** Two stores with the same token: what keeps the second from sending it is the first's intent alone. */
async function copies(context: CaseContext, place: Place): Promise<void> {
  const { server, login } = place;
  const copy = { ...place, store: context.target("copy-b/store.json") };
  putCredential(copy, expired(login));
  const intents = dirname(context.target("common/intents"));
  const before = server.requests.length;
  server.next({ after: "hold" });
  const first = startRefresh(context, await context.spawn(), place, { intents });
  await arrives(context, "a request", server.holding(before + 1));
  const told = await refresh(context, await context.spawn(), copy, { intents, options: { timeoutMs: 600 } });
  refused(context, "copy-waits", told, "refresh_contention", "the same token is under way from another store");
  posts(context, "copy-sends-nothing", place, before + 1, "the same token is under way from another store");
  server.release();
  gotToken(context, "first-gets-it", await answerOf(context, first), "refreshed", "it was first");
  sentOnce(context, place);
}

async function otherAccount(context: CaseContext, template: Place): Promise<void> {
  const place = await anotherPlace(context, template, "account/store.json");
  const { server, login, store } = place;
  putCredential(place, expired(login, { accountId: " alice ", email: "A@B.example" }));
  const bytes = bytesOf(store);
  server.next({ changed: { account_id: "bob", email: "a@b.example" } });
  const error = refused(
    context,
    "identity",
    await refresh(context, await context.spawn(), place),
    "refresh_identity",
    "bob is not alice",
  );
  context.check("handed-back", typeof error["handle"] === "string", "the credential is not handed back");
  keeps(context, "not-saved", store, bytes, "it is another account's");
  excuseIntents(context, dirname(store));

  const same = await anotherPlace(context, template, "same-account/store.json");
  putCredential(same, expired(same.login, { accountId: " alice ", email: "A@B.example" }));
  server.next({ changed: { account_id: "alice", email: "other@b.example" } });
  gotToken(
    context,
    "same-account",
    await refresh(context, await context.spawn(), same),
    "refreshed",
    "the account id decides",
  );
  storedNewest(context, same);
}
