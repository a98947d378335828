import type { CaseDefinition } from "../../engine/case.js";
import { expiredPlace, fresh, putCredential } from "../support/logins.js";
import { answerOf, answersStored, gotToken, posts, startRefresh } from "../support/refreshing.js";
import { crew, helpers } from "../support/team.js";

export const adoptedByRefresh: CaseDefinition = {
  id: "adopted-by-refresh",
  title: "A fresh credential that appears is returned by every refresh that waits, although no lock is ever free",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-1", "ADOPT-2"],
  field: [66, 68, 75],
  profile: "refresh",
  needs: ["basic", "refresh"],
  columns: ["own", "mix"],
  parallel: true,
  how: "Two locks are asked for. Somebody holds the second and never lets go; eight processes wait, one of them with the first in hand. A fresh credential is renamed into the store: all eight must return it as adopted, send nothing, and leave the first lock free. One that is expired, of another generation, is not adopted.",
  timeoutMs: 90_000,
  async run(context) {
    const place = await expiredPlace(context);
    const { server, store } = place;
    const first = context.target("locks/first");
    const held = await (await context.spawn()).acquire(store);
    const everybody = await crew(context, helpers(context), 8);
    const waiting = everybody.map((driver) =>
      startRefresh(context, driver, place, { locks: [first, store], options: { timeoutMs: context.limit(8_000) } }),
    );
    await context.sleep(context.limit(500));
    putCredential(place, { ...fresh(await server.login()), expires: Date.now() - 1_000_000 });
    await context.sleep(context.limit(500));
    context.check(
      "not-the-expired",
      waiting.every(({ settled }) => !settled),
      "an expired credential was adopted",
    );
    putCredential(place, fresh(await server.login()));
    const renamed = performance.now();
    for (const pending of waiting) {
      const token = gotToken(
        context,
        "all-adopt",
        await answerOf(context, pending),
        "adopted",
        "a fresh one has appeared",
      );
      answersStored(context, place, token);
      const ms = performance.now() - renamed;
      context.check("in-good-time", ms < context.limit(5_000), () => `it needed ${Math.round(ms)} ms`);
    }
    posts(context, "nothing-sent", place, 0, "a fresh one has appeared");
    context.check("still-held", await held.verify(), "the second lock was taken from its holder");
    await (await (await context.spawn()).acquire(first, { timeoutMs: 2_000 })).release();
    await held.release();
  },
};
