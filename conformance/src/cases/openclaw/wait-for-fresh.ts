import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { lockOf } from "../support/files.js";
import { credentialIn, fresh, type Place, putCredential } from "../support/logins.js";
import { openclawPlace, openclawWait, REFRESH_LOCKS, sha256Target, startOpenclawWait } from "../support/openclaw.js";
import { answerOf, gotWaited, refused } from "../support/refreshing.js";

export const waitForFresh: CaseDefinition = {
  id: "wait-for-fresh",
  title: "Waiting for a fresh credential takes no lock, sees every change, and says whether anybody refreshes it",
  group: "openclaw",
  level: "MUST",
  rules: ["STATE-9"],
  field: [66, 75],
  profile: "refresh",
  needs: ["basic", "openclaw", "cancel"],
  parallel: true,
  how: "A process waits for a usable credential. It must return one that is renamed into the store, and not the one whose access token was rejected; no lock may be made meanwhile. With nothing to see it ends in refresh_unavailable, with a refresh lock held in refresh_contention. A cancelled wait ends at once.",
  timeoutMs: 60_000,
  async run(context: CaseContext) {
    const place = await openclawPlace(context);
    const driver = await context.spawn();
    await appears(context, place, {});
    const stored = String(credentialIn(place.store)?.["access"]);
    gotWaited(context, "at-once", await openclawWait(context, driver), stored, "it is usable");
    await appears(context, place, { rejected: stored });

    putCredential(place, { ...credentialIn(place.store), expires: Date.now() + 299_000 });
    const nobody = await openclawWait(context, driver, { options: { timeoutMs: 400 } });
    refused(context, "nobody-refreshes", nobody, "refresh_unavailable", "nobody refreshes it");
    context.check("no-lock-made", !existsSync(join(context.dir, REFRESH_LOCKS)), "it made the locks' directory");
    const held = await (await context.spawn()).acquire(sha256Target(context), { createParent: true });
    const contended = await openclawWait(context, driver, { options: { timeoutMs: 400 } });
    refused(context, "somebody-refreshes", contended, "refresh_contention", "a refresh lock is held");
    await held.release();
    rmSync(lockOf(sha256Target(context)), { force: true });

    const pending = startOpenclawWait(context, driver);
    await context.sleep(context.limit(200));
    await driver.ask("cancel", { request: pending.id });
    refused(context, "cancelled", await answerOf(context, pending), "cancelled", "it was cancelled");
  },
};

async function appears(context: CaseContext, place: Place, fields: { readonly rejected?: string }): Promise<void> {
  const pending = startOpenclawWait(context, await context.spawn(), fields);
  await context.sleep(context.limit(300));
  context.require("waits", !pending.settled, "it did not wait");
  const login = await place.server.login();
  putCredential(place, fresh(login));
  gotWaited(context, "appears", await answerOf(context, pending), login.access, "it was renamed into the store");
}
