import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { isThere } from "../support/files.js";
import { nothingBeside } from "../support/intents.js";
import { anotherPlace, expiredPlace, type Place } from "../support/logins.js";
import { arrives, familyLives, posts, sentOnce, startRefresh, storedNewest } from "../support/refreshing.js";
import { type EndSignal, endedBy, SIGNALS, shortName } from "../support/signals.js";
import { fresh } from "../support/team.js";

export const signalInAFlight: CaseDefinition = {
  id: "signal-in-a-flight",
  title: "A signal that is to release all locks first lets a refresh under way save its answer",
  group: "process",
  level: "MUST",
  rules: ["RELEASE-10", "REFRESH-8"],
  field: [12, 70],
  profile: "refresh",
  needs: ["basic", "signals", "refresh"],
  environment: ["linux"],
  parallel: true,
  how: "A process that has asked for release-on-signals, before or during the flight, holds a lock and refreshes a token; the provider holds its answer back. It gets TERM, INT or HUP: it must live, and keep the store's lock, until the answer has come, save it, release everything, and end by that signal.",
  timeoutMs: 120_000,
  async run(context) {
    const first = await expiredPlace(context, { store: "first/store.json" });
    for (const signal of SIGNALS) {
      await finishes(context, await anotherPlace(context, first, `${shortName(signal)}/store.json`), signal, "before");
    }
    await finishes(context, first, "SIGTERM", "during");
  },
};

async function finishes(
  context: CaseContext,
  place: Place,
  signal: EndSignal,
  when: "before" | "during",
): Promise<void> {
  const name = `${when}-${shortName(signal)}`;
  const { server } = place;
  const n = server.requests.length + 1;
  server.next({ after: "hold" });
  const driver = await fresh(context);
  const other = await driver.acquire(context.target(`${name}/other.json`));
  if (when === "before") await driver.ask("release-on-signals");
  startRefresh(context, driver, place);
  await arrives(context, "a request", server.holding(n));
  if (when === "during") await driver.ask("release-on-signals");
  const ended = driver.kill(signal);
  await context.sleep(context.limit(400));
  context.require(`${name}-lives-on`, driver.alive, `it ended on ${signal} with a request under way`);
  server.release();
  endedBy(context, `${name}-ended`, await ended, signal);
  context.check(`${name}-released`, !isThere(other.lockPath), "its other lock was left behind");
  storedNewest(context, place);
  posts(context, "one-post", place, n, `it was sent ${signal}`);
  sentOnce(context, place);
  familyLives(context, place);
  nothingBeside(context, "nothing-stays", place);
}
