import { rmSync } from "node:fs";
import { dirname } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { isThere, lockOf } from "../support/files.js";
import { intentOf, intentText, plantIntent } from "../support/intents.js";
import { anotherPlace, expiredPlace, fresh, putCredential } from "../support/logins.js";
import { deadPid, sleeper } from "../support/processes.js";
import { answerOf, answersStored, gotToken, posts, refresh, refused, startRefresh } from "../support/refreshing.js";

export const intentOfALivingMaker: CaseDefinition = {
  id: "intent-of-a-living-maker",
  title: "While somebody who lives may be sending, others wait without the lock, and send nothing whatever they risk",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-5"],
  field: [29, 69, 74],
  profile: "refresh",
  needs: ["basic", "refresh", "detail"],
  parallel: true,
  how: "The stored token's intent is there, of a process that lives, of one on another machine, or of one that does not say where it ran; no lock is held. A caller must wait, with and without `resend: if-dead`, and end in refresh_contention that names the process; meanwhile the lock must be free for others, and nothing may be sent. If a fresh credential appears, or the intent goes, the waiter adopts or refreshes.",
  timeoutMs: 90_000,
  async run(context) {
    const first = await expiredPlace(context, { store: "living/store.json" });
    const living = await sleeper(context);
    context.bystander("sleeper", living.pid);
    const { server } = first;
    const path = plantIntent(context, first, living, { state: "sent" });
    for (const resend of ["never", "if-dead"] as const) {
      const reply = await refresh(context, await context.spawn(), first, { resend, options: { timeoutMs: 700 } });
      const error = refused(context, "waits", reply, "refresh_contention", "its maker lives");
      context.check(
        "names-it",
        error.holder?.pid === living.pid,
        () => `the holder is ${JSON.stringify(error.holder)}`,
      );
      context.check("says-how-long", (error.waitedMs ?? 0) >= 600, () => `it waited ${error.waitedMs} ms`);
    }
    const waiting = startRefresh(context, await context.spawn(), first);
    await context.sleep(context.limit(300));
    const held = await (await context.spawn()).acquire(first.store, { timeoutMs: context.limit(5_000) });
    context.check("lock-is-free", isThere(lockOf(first.store)), "the lock was not free");
    await held.release();
    posts(context, "sends-nothing", first, 0, "its maker lives");
    putCredential(first, fresh(await server.login()));
    answersStored(
      context,
      first,
      gotToken(context, "adopts", await answerOf(context, waiting), "adopted", "a fresh one appeared"),
    );
    rmSync(path);

    await goes(context, await anotherPlace(context, first, "goes/store.json"), living);
    await elsewhere(context, await anotherPlace(context, first, "elsewhere/store.json"));
  },
};

type Place = Awaited<ReturnType<typeof expiredPlace>>;

async function goes(context: CaseContext, place: Place, living: { readonly pid: number; readonly starttime: number }) {
  const path = plantIntent(context, place, living, { state: "sent" });
  const waiting = startRefresh(context, await context.spawn(), place);
  await context.sleep(context.limit(400));
  context.check("still-waits", !waiting.settled, "it did not wait");
  rmSync(path);
  gotToken(context, "refreshes", await answerOf(context, waiting), "refreshed", "the intent was taken back");
}

/** Another boot, which may be another machine; and one that does not say where it ran, whose number is free here. */
const ELSEWHERE = [{ bootId: "00000000-0000-4000-8000-000000000000" }, { bootId: undefined, pidNamespace: undefined }];

/** Nobody here can say for certain that it is dead. */
async function elsewhere(context: CaseContext, place: Place): Promise<void> {
  const before = place.server.requests.length;
  const path = intentOf(dirname(place.store), place.login);
  for (const domain of ELSEWHERE) {
    const text = intentText(path, place.login, { pid: deadPid(), starttime: 1 }, { state: "sent" });
    context.plant(path, `${JSON.stringify({ ...JSON.parse(text), ...domain }, null, 2)}\n`, { mode: 0o600 });
    const fields = { resend: "if-dead", options: { timeoutMs: 700 } } as const;
    const reply = await refresh(context, await context.spawn(), place, fields);
    refused(context, "elsewhere", reply, "refresh_contention", `the maker is elsewhere: ${JSON.stringify(domain)}`);
  }
  posts(context, "elsewhere-sends-nothing", place, before, "nobody can say that the maker is dead");
  rmSync(path);
}
