import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { bytesOf, lockOf } from "../support/files.js";
import { intentsIn } from "../support/intents.js";
import { AT, credentialIn, expired, fresh, type Place, putCredential } from "../support/logins.js";
import {
  openclawPlace,
  openclawRefresh,
  REFRESH_LOCKS,
  sha256Target,
  startOpenclawRefresh,
  storeOf,
} from "../support/openclaw.js";
import {
  answerOf,
  answersStored,
  familyLives,
  gotToken,
  posts,
  refused,
  sentOnce,
  storedNewest,
} from "../support/refreshing.js";
import { fresh as freshDriver } from "../support/team.js";

export const openclawJson: CaseDefinition = {
  id: "openclaw-json",
  title: "A login of OpenClaw's JSON store is refreshed under both refresh locks and the store's, where it belongs",
  group: "openclaw",
  level: "MUST",
  rules: ["STATE-3", "STATE-7", "STATE-8"],
  field: [47, 63, 67, 79],
  profile: "refresh",
  needs: ["basic", "openclaw", "points"],
  parallel: true,
  how: "Stopped before its request, a refresh must hold both refresh locks and the store's lock, with its intent beside the refresh locks; it must take sha256- before lock-, and both before the store's. An agent that lacks the profile, or has an older copy of main's, gets main's refreshed; its own newer one is refreshed in its own store, and then written into main's too. A fresh one of main's is adopted, and of another account it is not.",
  timeoutMs: 120_000,
  async run(context: CaseContext) {
    const place = await openclawPlace(context, { accountId: "alice" });
    await locks(context, place);
    await order(context, place);
    await owners(context, place);
    sentOnce(context, place);
  },
};

const directoryOf = (context: CaseContext): string => join(context.dir, REFRESH_LOCKS);

/** Targets of both refresh locks, as they are held. */
const heldIn = (context: CaseContext): string[] =>
  readdirSync(directoryOf(context)).filter((name) => name.endsWith(".lock"));

async function locks(context: CaseContext, place: Place): Promise<void> {
  const driver = await freshDriver(context);
  await driver.arm("refresh:verified", "stop");
  const pending = startOpenclawRefresh(context, driver, place.server);
  await driver.nextEvent("refresh:verified", { timeoutMs: 20_000 });
  const held = heldIn(context)
    .map((name) => name.replace(/-.*/, ""))
    .sort();
  context.check("both-refresh-locks", held.join() === "lock,sha256", () => `held are ${held.join(", ")}`);
  context.check(
    "sha256-name",
    existsSync(lockOf(sha256Target(context))),
    "OpenClaw 2026.6.1 would look for another name",
  );
  context.check("store-lock", existsSync(lockOf(place.store)), "the store's lock is not held");
  context.check("intent-beside-the-locks", intentsIn(directoryOf(context)).length === 1, "no intent beside the locks");
  context.check(
    "no-intent-beside-the-store",
    intentsIn(dirname(place.store)).length === 0,
    "an intent is beside the store",
  );
  const mode = statSync(directoryOf(context)).mode & 0o777;
  context.check("directory-private", mode === 0o700, () => `the locks' directory has the mode ${mode.toString(8)}`);
  const owner = statSync(directoryOf(context)).uid;
  context.check("directory-owner", owner === statSync(context.dir).uid, () => `its owner is ${owner}`);
  driver.cont();
  answersStored(
    context,
    place,
    gotToken(context, "refreshed", await answerOf(context, pending), "refreshed", "it has expired"),
  );
  context.check("all-released", heldIn(context).length === 0 && !existsSync(lockOf(place.store)), "a lock was kept");
  posts(context, "one-post", place, 1, "one refresh");
}

async function order(context: CaseContext, place: Place): Promise<void> {
  putCredential(place, { ...credentialIn(place.store), expires: 1 });
  const target = sha256Target(context);
  const held = await (await context.spawn()).acquire(target);
  const driver = await context.spawn();
  const first = startOpenclawRefresh(context, driver, place.server);
  await context.sleep(context.limit(400));
  const names = heldIn(context).filter((name) => !name.startsWith("sha256-"));
  context.check("sha256-first", names.length === 0 && !existsSync(lockOf(place.store)), () => `held already: ${names}`);
  await held.release();
  gotToken(context, "then-refreshed", await answerOf(context, first), "refreshed", "the first lock was released");

  putCredential(place, { ...credentialIn(place.store), expires: 1 });
  const store = await (await context.spawn()).acquire(place.store);
  const second = startOpenclawRefresh(context, driver, place.server);
  await context.until("both refresh locks are held", () => heldIn(context).length === 2);
  await context.sleep(context.limit(200));
  posts(context, "waits-for-the-store", place, 2, "the store's lock is held by somebody else");
  await store.release();
  gotToken(context, "then-refreshed", await answerOf(context, second), "refreshed", "the store's lock was released");
}

async function owners(context: CaseContext, place: Place): Promise<void> {
  const { server } = place;
  const driver = await context.spawn();
  const agents = (name: string): Place => ({ ...place, store: storeOf(context, name), at: AT });
  const expireMain = (): void => putCredential(place, { ...credentialIn(place.store), expires: 1_000 });

  expireMain();
  const none = agents("without");
  mkdirSync(dirname(none.store), { recursive: true });
  const before = bytesOf(none.store);
  const reply = await openclawRefresh(context, driver, server, { agentId: "without" });
  answersStored(
    context,
    place,
    gotToken(context, "without-the-profile", reply, "refreshed", "the agent lacks the profile"),
  );
  keeps(context, "agent-untouched", none.store, before, "the login is main's");

  const copy = agents("copy");
  putCredential(copy, { ...credentialIn(place.store), expires: 500, access: "of-yesterday" });
  const adopted = await openclawRefresh(context, driver, server, { agentId: "copy" });
  answersStored(
    context,
    place,
    gotToken(context, "mains-is-adopted", adopted, ["adopted", "fresh"], "main's is fresh"),
  );

  expireMain();
  const old = await openclawRefresh(context, driver, server, { agentId: "copy" });
  gotToken(context, "mains-is-refreshed", old, "refreshed", "the agent has an older copy of main's");
  storedNewest(context, place, "saved-in-main");

  expireMain();
  const own = agents("own");
  const login = await server.login();
  putCredential(own, expired(login, { accountId: "alice" }));
  const mine = await openclawRefresh(context, driver, server, { agentId: "own" });
  answersStored(context, own, gotToken(context, "its-own", mine, "refreshed", "the agent's own is newer"));
  storedNewest(context, own, "saved-in-its-store");
  storedNewest(context, place, "mirrored-into-main");
  familyLives(context, { ...own, login });

  const stranger = agents("stranger");
  const other = await server.login();
  putCredential(place, fresh(await server.login(), { accountId: "alice" }));
  const main = bytesOf(place.store);
  putCredential(stranger, expired(other, { accountId: "bob" }));
  const bobs = await openclawRefresh(context, driver, server, { agentId: "stranger" });
  answersStored(context, stranger, gotToken(context, "not-alices", bobs, "refreshed", "main's is another account's"));
  keeps(context, "main-untouched", place.store, main, "it is another account's");

  const absent = await openclawRefresh(context, driver, server, {
    agentId: "own",
    options: { timeoutMs: 5_000 },
    ...{ profileId: "xai:none" },
  });
  refused(context, "no-such-profile", absent, "refresh_unavailable", "nobody has it");
}
