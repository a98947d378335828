import { chmodSync, linkSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { bytesOf, isThere, lockOf } from "../support/files.js";
import { excuseIntents, intentIs, nothingBeside } from "../support/intents.js";
import { anotherPlace, expiredPlace, type Place } from "../support/logins.js";
import {
  answerOf,
  arrives,
  described,
  familyLives,
  gotToken,
  posts,
  refresh,
  refused,
  sentOnce,
  startRefresh,
  storedNewest,
} from "../support/refreshing.js";
import { fresh, unprivileged } from "../support/team.js";

export const notSaved: CaseDefinition = {
  id: "not-saved",
  title: "A token that could not be saved is handed back, blocks others, and is saved on the second try",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-3", "REFRESH-5", "REFRESH-7"],
  field: [46, 71],
  profile: "refresh",
  needs: ["basic", "refresh"],
  environment: ["linux"],
  parallel: true,
  how: "The store gets a second name while the request is under way, so that it cannot be replaced. The call must end in refresh_not_saved with the cause, its lock released, the store as it was and its intent there: others wait and send nothing. Once the second name is gone, retry-save saves, twice without harm, and others adopt. If the process ends instead, the next caller is told that the outcome is unknown, and sends nothing. A directory that is read-only beforehand is refused before anything is sent.",
  timeoutMs: 90_000,
  async run(context: CaseContext) {
    const place = await expiredPlace(context, { store: "retried/store.json" });
    const driver = await fresh(context);
    const handle = await cannotSave(context, driver, place);
    const told = await refresh(context, await context.spawn(), place, { options: { timeoutMs: 700 } });
    refused(context, "others-wait", told, "refresh_contention", "somebody who lives has the token");
    posts(context, "others-send-nothing", place, 1, "somebody who lives has the token");

    const early = await driver.call("retry-save", { handle });
    context.check(
      "still-not",
      early.status === "refused" && early.code === "refresh_not_saved",
      () => `it was ${described(early)}`,
    );
    rmSync(secondName(place));
    const waiting = startRefresh(context, await context.spawn(), place);
    const saved = await driver.call("retry-save", { handle }, { timeoutMs: 30_000 });
    context.require("saved", saved.status === "ok", () => `retry-save was ${described(saved)}`);
    storedNewest(context, place);
    gotToken(context, "others-adopt", await answerOf(context, waiting), ["adopted", "fresh"], "it was saved");
    const again = await driver.call("retry-save", { handle });
    context.check("idempotent", again.status === "ok", () => `a second retry-save was ${described(again)}`);
    posts(context, "one-post", place, 1, "it was saved on the second try");
    familyLives(context, place);
    nothingBeside(context, "nothing-stays", place);

    await ends(context, await anotherPlace(context, place, "ended/store.json"));
    await beforehand(context, await anotherPlace(context, place, "closed/store.json"));
  },
};

const secondName = ({ store }: Place): string => `${store}.second-name`;

/** The handle of what could not be saved. */
async function cannotSave(context: CaseContext, driver: Driver, place: Place): Promise<string> {
  const { server, store } = place;
  const bytes = bytesOf(store);
  server.next({ after: "hold" });
  const pending = startRefresh(context, driver, place);
  await arrives(context, "a request", server.holding(server.requests.length + 1));
  linkSync(store, secondName(place));
  server.release();
  const reply = await answerOf(context, pending);
  const error = refused(context, "not-saved", reply, "refresh_not_saved", "the store has two names");
  context.require("handed-back", typeof error["handle"] === "string", "the credential is not handed back");
  keeps(context, "untouched", store, bytes, "it could not be replaced");
  context.check("lock-released", !isThere(lockOf(store)), "the lock was kept");
  intentIs(context, "intent-stays", place, "sent");
  sentOnce(context, place);
  return String(error["handle"]);
}

async function ends(context: CaseContext, place: Place): Promise<void> {
  const before = place.server.requests.length;
  const driver = await fresh(context);
  await cannotSave(context, driver, place);
  await driver.kill();
  rmSync(secondName(place));
  const reply = await refresh(context, await context.spawn(), place);
  refused(context, "lost-with-its-process", reply, "refresh_outcome_unknown", "whoever had the token has ended");
  posts(context, "sends-nothing", place, before + 1, "whoever had the token has ended");
  excuseIntents(context, dirname(place.store));
}

async function beforehand(context: CaseContext, place: Place): Promise<void> {
  const before = place.server.requests.length;
  const bytes = bytesOf(place.store);
  const driver = await context.spawn(undefined, unprivileged());
  chmodSync(dirname(place.store), 0o555);
  const reply = await refresh(context, driver, place, { options: { timeoutMs: 1_000 } });
  chmodSync(dirname(place.store), 0o777);
  const codes = ["store_permission", "file_lock_permission", "refresh_contention"];
  refused(context, "refused-beforehand", reply, codes, "nothing could be made in the directory");
  posts(context, "nothing-sent", place, before, "nothing could be made in the directory");
  keeps(context, "untouched-beforehand", place.store, bytes, "it was refused");
  context.check("no-lock", !isThere(lockOf(place.store)), "a lock was made");
}
