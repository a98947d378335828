import type { CaseContext, CaseDefinition, Exit } from "../../engine/case.js";
import { lockOf } from "../support/files.js";
import { intentIs, nothingBeside } from "../support/intents.js";
import { anotherPlace, expiredPlace, type Place } from "../support/logins.js";
import { arrives, familyLives, posts, sentOnce, startRefresh, storedNewest } from "../support/refreshing.js";
import { fresh } from "../support/team.js";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
const NUMBERS = { SIGTERM: 15, SIGINT: 2, SIGHUP: 1 };

export const signalsAndRefresh: CaseDefinition = {
  id: "signals-and-refresh",
  title: "TERM, INT and HUP let a refresh under way finish, and then end the process; a second one ends it at once",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-8"],
  field: [12, 70],
  profile: "refresh",
  needs: ["basic", "refresh"],
  environment: ["linux"],
  parallel: true,
  how: "The provider has rotated and holds its answer back; the process gets TERM, INT or HUP. It must live until the answer comes, save it, and then end by that signal, with nothing left behind. A second signal of the same kind ends it at once, and its intent stays. A process that only waits for the lock ends at the first.",
  timeoutMs: 120_000,
  async run(context) {
    const first = await expiredPlace(context, { store: "signals/store.json" });
    for (const signal of SIGNALS) {
      await finishes(context, await anotherPlace(context, first, `${signal.toLowerCase()}/store.json`), signal);
    }
    await second(context, await anotherPlace(context, first, "twice/store.json"));
    await whileWaiting(context, await anotherPlace(context, first, "waiting/store.json"));
  },
};

async function finishes(context: CaseContext, place: Place, signal: (typeof SIGNALS)[number]): Promise<void> {
  const { server } = place;
  const n = server.requests.length + 1;
  server.next({ after: "hold" });
  const driver = await fresh(context);
  startRefresh(context, driver, place);
  await arrives(context, "a request", server.holding(n));
  const ended = driver.kill(signal);
  await context.sleep(context.limit(400));
  context.require("lives-on", driver.alive, `it ended on ${signal} with a request under way`);
  server.release();
  byItsSignal(context, await ended, signal);
  storedNewest(context, place);
  posts(context, "one-post", place, n, `it was sent ${signal}`);
  sentOnce(context, place);
  familyLives(context, place);
  nothingBeside(context, "nothing-stays", place);
}

async function second(context: CaseContext, place: Place): Promise<void> {
  const { server } = place;
  server.next({ after: "hold" });
  const driver = await fresh(context);
  startRefresh(context, driver, place);
  await arrives(context, "a request", server.holding(server.requests.length + 1));
  const ended = driver.kill("SIGTERM");
  await context.sleep(context.limit(300));
  context.require("lives-on", driver.alive, "it ended on the first SIGTERM");
  process.kill(driver.osPid, "SIGTERM");
  byItsSignal(context, await ended, "SIGTERM");
  intentIs(context, "intent-stays", place, "sent");
  context.excuse(lockOf(place.store), "ended by a second signal");
  server.release();
}

async function whileWaiting(context: CaseContext, place: Place): Promise<void> {
  const held = await (await context.spawn()).acquire(place.store);
  const driver = await fresh(context);
  const pending = startRefresh(context, driver, place);
  await context.sleep(context.limit(300));
  context.require("waits", !pending.settled, "it did not wait for the lock");
  byItsSignal(context, await driver.kill("SIGTERM"), "SIGTERM");
  await held.release();
}

/** A shell says 128 and the number of the signal; so may a language whose own handling ends in an exit. */
function byItsSignal(context: CaseContext, { status, signal }: Exit, due: (typeof SIGNALS)[number]): void {
  const isRight = signal === due || status === 128 + NUMBERS[due];
  context.check("exit-status", isRight, () => `it ended with ${signal ?? `status ${status}`} after ${due}`);
}
