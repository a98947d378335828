import { dirname } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { bytesOf } from "../support/files.js";
import { excuseIntents } from "../support/intents.js";
import {
  anotherPlace,
  type Credential,
  credentialIn,
  expired,
  expiredPlace,
  fresh,
  type Place,
  putCredential,
} from "../support/logins.js";
import {
  answerOf,
  arrives,
  gotToken,
  posts,
  refused,
  sentOnce,
  startRefresh,
  storedNewest,
} from "../support/refreshing.js";

export const whatCameLater: CaseDefinition = {
  id: "what-came-later",
  title: "A refresh that completes does not overwrite what has been stored meanwhile, nor bring a removed login back",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-7"],
  field: [70, 72, 79],
  profile: "refresh",
  needs: ["refresh"],
  parallel: true,
  how: "While a request is under way, somebody without the lock signs in anew, stores an expired credential of another login, removes the login, or changes another key of the store. A fresh one is returned as adopted; the others end in refresh_not_saved, with the store as it was left; the changed key stays, and the new credential is saved beside it.",
  timeoutMs: 90_000,
  async run(context) {
    const first = await expiredPlace(context, { store: "signed-in/store.json" });
    const { server } = first;
    const newLogin = await server.login();
    const reply = await meanwhile(context, first, () => putCredential(first, fresh(newLogin)));
    const token = gotToken(context, "fresh-is-adopted", reply, "adopted", "somebody has signed in meanwhile");
    context.check(
      "is-the-stored",
      token["access"] === newLogin.access,
      "it answered another token than the stored one",
    );
    context.check(
      "stays",
      credentialIn(first.store)?.["refresh"] === newLogin.refresh,
      "the new login was overwritten",
    );

    const older = expired(await server.login(), { expires: 1_000 });
    await isNotSaved(context, await anotherPlace(context, first, "other/store.json"), older);
    await isNotSaved(context, await anotherPlace(context, first, "removed/store.json"), undefined);

    const beside = await anotherPlace(context, first, "beside/store.json");
    const other = { store: beside.store, at: ["profiles", "other"] };
    const merged = await meanwhile(context, beside, () => putCredential(other, { type: "api_key", key: "k" }));
    gotToken(context, "beside", merged, "refreshed", "another key has changed");
    context.check("both-stay", credentialIn(beside.store, other.at)?.["key"] === "k", "the other key was lost");
    storedNewest(context, beside);
    sentOnce(context, beside);
  },
};

async function meanwhile(context: CaseContext, place: Place, change: () => void) {
  const { server } = place;
  const n = server.requests.length + 1;
  server.next({ after: "hold" });
  const pending = startRefresh(context, await context.spawn(), place);
  await arrives(context, "a request", server.holding(n));
  change();
  server.release();
  const reply = await answerOf(context, pending);
  posts(context, "one-post", place, n, "the store has changed meanwhile");
  excuseIntents(context, dirname(place.store));
  return reply;
}

async function isNotSaved(context: CaseContext, place: Place, stored: Credential | undefined): Promise<void> {
  let left = "";
  const reply = await meanwhile(context, place, () => {
    putCredential(place, stored);
    left = bytesOf(place.store);
  });
  const why = stored === undefined ? "the login was removed" : "another login has been stored";
  const error = refused(context, "not-saved", reply, "refresh_not_saved", why);
  context.check("handed-back", typeof error["handle"] === "string", "the credential is not handed back");
  keeps(context, "not-overwritten", place.store, left, why);
}
