import { rmSync } from "node:fs";
import { dirname } from "node:path";
import type { CaseContext, CaseDefinition, Reply } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { bytesOf, lockOf } from "../support/files.js";
import { excuseIntents } from "../support/intents.js";
import {
  anotherPlace,
  type Credential,
  expired,
  expiredPlace,
  fresh,
  type Place,
  putCredential,
} from "../support/logins.js";
import {
  answerOf,
  answersStored,
  gotToken,
  posts,
  sentOnce,
  startRefresh,
  storedNewest,
} from "../support/refreshing.js";
import { fresh as freshDriver } from "../support/team.js";

const NO = { answer: { status: 400, body: { error: "invalid_grant" } } };

export const loserKeepsToken: CaseDefinition = {
  id: "loser-keeps-token",
  title: "Whoever is told late that its token is spent uses the one that is stored by then",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-9"],
  field: [72, 76],
  profile: "refresh",
  needs: ["refresh", "points"],
  parallel: true,
  how: "A process is stopped just before its request, its lock is removed, and somebody who knows no intents stores a new credential. Continued, the process is answered invalid_grant. It must return the stored token as adopted and leave the store as it is; where the stored one has expired, it must begin again and refresh that, once.",
  timeoutMs: 60_000,
  async run(context) {
    const first = await expiredPlace(context, { store: "fresh/store.json" });
    const winner = await first.server.login();
    const { reply, stored } = await late(context, first, fresh(winner), NO);
    const token = gotToken(context, "adopts", reply, "adopted", "a fresh token is stored");
    answersStored(context, first, token);
    keeps(context, "store-kept", first.store, stored, "a failure changes no store");
    posts(context, "one-post", first, 1, "it was answered no");

    const second = await anotherPlace(context, first, "expired/store.json");
    const owner = await first.server.login();
    const again = await late(context, second, expired(owner, { expires: 1_000 }), NO);
    gotToken(context, "begins-again", again.reply, "refreshed", "another token is stored, which has expired");
    posts(context, "two-posts", second, 3, "it began again");
    storedNewest(context, second);
    sentOnce(context, second);
  },
};

async function late(
  context: CaseContext,
  place: Place,
  stored: Credential,
  plan: typeof NO,
): Promise<{ reply: Reply; stored: string }> {
  const driver = await freshDriver(context);
  await driver.arm("refresh:verified", "stop");
  const pending = startRefresh(context, driver, place);
  await driver.nextEvent("refresh:verified", { timeoutMs: 20_000 });
  rmSync(lockOf(place.store));
  putCredential(place, stored);
  const left = bytesOf(place.store);
  place.server.next(plan);
  driver.cont();
  const reply = await answerOf(context, pending);
  excuseIntents(context, dirname(place.store));
  return { reply, stored: left };
}
