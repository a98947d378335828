import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { keeps, timed } from "../support/expect.js";
import { bytesOf } from "../support/files.js";
import { type Credential, fresh, type Place, putCredential } from "../support/logins.js";
import { openclawPlace, openclawRefresh, startOpenclawRefresh } from "../support/openclaw.js";
import { answerOf, answersStored, gotToken, posts, refused } from "../support/refreshing.js";

const PREFIX = "openclaw-oauth-refresh-fence:v1:";
const CLAIM = "0123456789abcdef".repeat(2);
const DIGEST = "ab".repeat(32);

const fence = (key: "access" | "refresh", failed: boolean): string =>
  `${PREFIX}${CLAIM}:${failed ? "failed:" : ""}${key}:${DIGEST}`;

const fenced = (place: Place, failed: boolean): Credential => ({
  ...fresh(place.login),
  access: fence("access", failed),
  refresh: fence("refresh", failed),
  expires: 1,
});

export const fences: CaseDefinition = {
  id: "fences",
  title: "A fence is waited for or refused, never sent, adopted or overwritten",
  group: "openclaw",
  level: "MUST",
  rules: ["STATE-6"],
  field: [69, 73],
  profile: "refresh",
  needs: ["openclaw"],
  parallel: true,
  how: "OpenClaw's refresh is under way: the store holds a fence. A refresh must wait for it and return what replaces it as adopted; if nothing does, it must end in refresh_contention that tells of a killed refresh and names the login command. A failed fence is refresh_rejected at once. A fence in one of the two tokens alone, or of an odd form, is waited for too. Nothing may be sent, and the store must stay as it is.",
  timeoutMs: 60_000,
  async run(context: CaseContext) {
    const place = await openclawPlace(context);
    const driver = await context.spawn();
    putCredential(place, fenced(place, false));
    const waiting = startOpenclawRefresh(context, driver, place.server);
    await context.sleep(context.limit(500));
    context.require("waits", !waiting.settled, "it did not wait for OpenClaw's refresh");
    putCredential(place, fresh(await place.server.login()));
    answersStored(
      context,
      place,
      gotToken(context, "adopts", await answerOf(context, waiting), ["adopted", "fresh"], "it was replaced"),
    );

    const half = { ...fresh(place.login), access: place.login.access, refresh: fence("refresh", false) };
    for (const [name, credential] of Object.entries({
      pending: fenced(place, false),
      half,
      odd: { ...fresh(place.login), access: `${PREFIX}later`, refresh: `${PREFIX}version` },
    })) {
      await givesUp(context, place, name, credential);
    }
    putCredential(place, fenced(place, true));
    const { result, ms } = await timed(() => openclawRefresh(context, driver, place.server));
    refused(context, "failed", result, "refresh_rejected", "OpenClaw's refresh has failed");
    context.check("at-once", ms < context.limit(5_000), () => `it took ${Math.round(ms)} ms`);
    posts(context, "nothing-sent", place, 0, "there was a fence");
  },
};

async function givesUp(context: CaseContext, place: Place, name: string, credential: Credential): Promise<void> {
  putCredential(place, credential);
  const bytes = bytesOf(place.store);
  const reply = await openclawRefresh(context, await context.spawn(), place.server, { options: { timeoutMs: 600 } });
  const error = refused(context, "gives-up", reply, "refresh_contention", `a fence stands (${name})`);
  const words = `${error.message} ${error.hint ?? ""}`;
  context.check(
    "names-the-remedy",
    words.includes("openclaw models auth login"),
    () => `${name}: it only says ${words}`,
  );
  keeps(context, "store-kept", place.store, bytes, `a fence stands (${name})`);
}
