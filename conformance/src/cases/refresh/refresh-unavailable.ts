import { rmSync, writeFileSync } from "node:fs";
import type { CaseDefinition } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { bytesOf } from "../support/files.js";
import { nothingBeside } from "../support/intents.js";
import { type Credential, expired, expiredPlace, putCredential } from "../support/logins.js";
import { posts, refresh, refused } from "../support/refreshing.js";

export const refreshUnavailable: CaseDefinition = {
  id: "refresh-unavailable",
  title: "Where there is nothing to refresh, nothing is sent, and it says why",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-1", "REFRESH-2", "REFRESH-4"],
  field: [76],
  profile: "refresh",
  needs: ["refresh"],
  parallel: true,
  how: "The place in the store is empty, holds no object, no refresh token, a blank one, one that is no text, or tokens with NUL: refresh_unavailable. The store is missing, or torn: its own code. Nothing may be sent or left.",
  timeoutMs: 60_000,
  async run(context) {
    const place = await expiredPlace(context);
    const { login, store } = place;
    const driver = await context.spawn();
    const found: Readonly<Record<string, Credential | undefined>> = {
      "no credential": undefined,
      "no refresh token": { ...expired(login), refresh: undefined },
      "a blank refresh token": expired(login, { refresh: " \t" }),
      "a refresh token that is no text": expired(login, { refresh: 7 }),
      "a refresh token with NUL": expired(login, { refresh: "a\u0000b" }),
      "an access token with NUL": expired(login, { access: "a\u0000b" }),
    };
    for (const [what, credential] of Object.entries(found)) {
      putCredential(place, credential);
      const bytes = bytesOf(store);
      refused(context, "unavailable", await refresh(context, driver, place), "refresh_unavailable", `there is ${what}`);
      keeps(context, "store-kept", store, bytes, `there is ${what}`);
    }
    writeFileSync(store, '{"profiles": {"xai:default": ["a list"]}}');
    refused(context, "unavailable", await refresh(context, driver, place), "refresh_unavailable", "there is a list");
    writeFileSync(store, '{"profiles": {');
    refused(context, "torn", await refresh(context, driver, place), "store_invalid", "the store is torn");
    rmSync(store);
    refused(context, "missing", await refresh(context, driver, place), "store_missing", "there is no store");
    posts(context, "nothing-sent", place, 0, "there was nothing to refresh");
    nothingBeside(context, "nothing-left", place);
  },
};
