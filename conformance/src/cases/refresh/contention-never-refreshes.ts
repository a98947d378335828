import type { CaseDefinition } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { bytesOf, lockOf } from "../support/files.js";
import { nothingBeside } from "../support/intents.js";
import { expiredPlace } from "../support/logins.js";
import { openclawLock } from "../support/payloads.js";
import { familyLives, gotToken, posts, refresh, refused } from "../support/refreshing.js";
import { crew, helpers } from "../support/team.js";
import { age } from "../support/times.js";

export const contentionNeverRefreshes: CaseDefinition = {
  id: "contention-never-refreshes",
  title: "Whoever gives up waiting for the lock does not refresh",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-3"],
  field: [69, 74, 76],
  profile: "refresh",
  needs: ["basic", "refresh", "detail"],
  columns: ["own", "mix"],
  parallel: true,
  how: "Somebody holds the lock for longer than six processes wait. Each must end in refresh_contention that names the holder and the time waited, and send nothing. A lock that nobody can be asked about and that is 100 s old is waited for as well: refreshes are stale after 180 s only. Once the lock is free, one of them refreshes.",
  timeoutMs: 90_000,
  async run(context) {
    const place = await expiredPlace(context);
    const holder = await context.spawn();
    const held = await holder.acquire(place.store);
    const bytes = bytesOf(held.lockPath);
    const everybody = await crew(context, helpers(context), 6);
    const giveUp = () =>
      Promise.all(everybody.map((driver) => refresh(context, driver, place, { options: { timeoutMs: 800 } })));
    for (const reply of await giveUp()) {
      const error = refused(context, "contention", reply, "refresh_contention", "somebody holds the lock");
      context.check(
        "names-the-holder",
        error.holder?.pid === holder.pid,
        () => `it names ${JSON.stringify(error.holder)}`,
      );
      context.check("says-how-long", (error.waitedMs ?? 0) >= 700, () => `it says that it waited ${error.waitedMs} ms`);
    }
    keeps(context, "lock-kept", held.lockPath, bytes, "it is held");
    await held.release();

    // OpenClaw of an age that says neither pid nor start time: only its date can tell.
    const old = new Date(Date.now() - 100_000).toISOString();
    context.plant(lockOf(place.store), openclawLock({ createdAt: old }));
    age(lockOf(place.store), 100_000);
    context.planted(lockOf(place.store));
    for (const reply of await giveUp())
      refused(context, "not-stale-yet", reply, "refresh_contention", "it is 100 s old");
    posts(context, "nothing-sent", place, 0, "nobody had the lock");
    nothingBeside(context, "nothing-made", place);
    const older = new Date(Date.now() - 200_000).toISOString();
    context.plant(lockOf(place.store), openclawLock({ createdAt: older }));
    age(lockOf(place.store), 200_000);
    context.planted(lockOf(place.store));
    const reply = await refresh(context, everybody[0]!, place);
    gotToken(context, "then-refreshes", reply, "refreshed", "a lock of 200 s that names nobody is stale");
    posts(context, "one-post", place, 1, "one has refreshed");
    familyLives(context, place);
  },
};
