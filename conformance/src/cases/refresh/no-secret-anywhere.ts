import { linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition, Driver, Reply } from "../../engine/case.js";
import type { Plan } from "../../oauth-server/plan.js";
import { digest } from "../../oauth-server/tokens.js";
import { lockOf } from "../support/files.js";
import { excuseIntents } from "../support/intents.js";
import { anotherPlace, expired, expiredPlace, type Place, putCredential } from "../support/logins.js";
import { answerOf, arrives, refresh, refused, startRefresh } from "../support/refreshing.js";
import { fresh } from "../support/team.js";

/** What of a token is enough to guess it by. */
const PART = 12;

const echo = (place: Place): Plan["answer"] => ({
  status: 400,
  body: { error: "invalid_grant", error_description: `the token ${place.login.refresh} is spent` },
});

export const noSecretAnywhere: CaseDefinition = {
  id: "no-secret-anywhere",
  title: "No error, log, lock, intent or file mode gives a token away",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-4", "REFRESH-7", "REFRESH-12", "STORE-9"],
  field: [76],
  profile: "refresh",
  needs: ["basic", "refresh", "points"],
  environment: ["linux"],
  parallel: true,
  how: "Refreshes end in every code, with a provider that repeats the tokens in its answers, and are stopped at every point. No refusal, in any form that its language prints, no line of a log, no lock and no intent may hold a token or 12 characters of one; what holds a store is readable by its owner alone.",
  timeoutMs: 120_000,
  async run(context) {
    const first = await expiredPlace(context, { store: "secret/store.json" });
    const driver = await fresh(context);
    const spoken: string[] = [];
    const hear = (reply: Reply): void => void spoken.push(JSON.stringify(reply));
    for (const [name, [code, provoke]] of Object.entries(ENDINGS)) {
      const place = await anotherPlace(context, first, `${name}/store.json`);
      const reply = await provoke(context, driver, place);
      refused(context, `ends-in-${name}`, reply, code, `it was provoked (${name})`);
      hear(reply);
      excuseIntents(context, dirname(place.store));
      tellsNothing(context, first, filesBeside(place.store), `a file beside the store of ${name}`);
    }
    for (const point of ["refresh:intended", "refresh:answered", "store:written", "refresh:saved"]) {
      const place = await anotherPlace(context, first, `${point.replace(":", "-")}/store.json`);
      await atPoint(context, place, point);
    }
    tellsNothing(context, first, spoken, "a refusal");
    tellsNothing(context, first, driver.stderrTail, "the log");
  },
};

type Provoke = (context: CaseContext, driver: Driver, place: Place) => Promise<Reply>;

const answering =
  (plan: (place: Place) => Plan): Provoke =>
  (context, driver, place) => {
    place.server.next(plan(place));
    return refresh(context, driver, place);
  };

const ENDINGS: Readonly<Record<string, readonly [string, Provoke]>> = {
  rejected: ["refresh_rejected", answering((place) => ({ answer: echo(place)! }))],
  unknown: ["refresh_outcome_unknown", answering((place) => ({ answer: { ...echo(place)!, status: 500 } }))],
  "not-json": [
    "refresh_outcome_unknown",
    answering((place) => ({ answer: { status: 200, body: `{"x": "${place.login.refresh}"` } })),
  ],
  failed: [
    "refresh_failed",
    answering((place) => ({
      answer: { status: 401, body: { error: "invalid_client", error_description: place.login.refresh } },
    })),
  ],
  identity: [
    "refresh_identity",
    (context, driver, place) => {
      putCredential(place, expired(place.login, { accountId: "alice" }));
      place.server.next({ changed: { account_id: "bob" } });
      return refresh(context, driver, place);
    },
  ],
  "not-saved": [
    "refresh_not_saved",
    async (context, driver, place) => {
      const { server, store } = place;
      server.next({ after: "hold" });
      const pending = startRefresh(context, driver, place);
      await arrives(context, "a request", server.holding(server.requests.length + 1));
      linkSync(store, `${store}.second`);
      server.release();
      const reply = await answerOf(context, pending);
      rmSync(`${store}.second`);
      return reply;
    },
  ],
  contention: [
    "refresh_contention",
    async (context, driver, place) => {
      const held = await (await context.spawn()).acquire(place.store);
      const reply = await refresh(context, driver, place, { options: { timeoutMs: 200 } });
      await held.release();
      return reply;
    },
  ],
  unavailable: [
    "refresh_unavailable",
    (context, driver, place) => {
      putCredential(place, { ...expired(place.login), refresh: "" });
      return refresh(context, driver, place, { rejected: place.login.access });
    },
  ],
  torn: [
    "store_invalid",
    (context, driver, place) => {
      writeFileSync(place.store, readFileSync(place.store, "utf8").slice(0, -8));
      return refresh(context, driver, place);
    },
  ],
};

/** Everything beside the store that is not the store: locks, intents, witnesses' names. */
const filesBeside = (store: string): string[] =>
  readdirSync(dirname(store))
    .map((name) => join(dirname(store), name))
    .filter((path) => path !== store && !path.includes(".openclaw-store-") && statSync(path).isFile())
    .map((path) => `${path}: ${readFileSync(path, "latin1")}`);

async function atPoint(context: CaseContext, place: Place, point: string): Promise<void> {
  const driver = await fresh(context);
  await driver.arm(point, "stop");
  const pending = startRefresh(context, driver, place);
  await driver.nextEvent(point, { timeoutMs: 20_000 });
  tellsNothing(context, place, filesBeside(place.store), `a file at ${point}`);
  const directory = dirname(place.store);
  for (const name of readdirSync(directory).filter((one) => one.startsWith(".openclaw-store-"))) {
    // Of a store that everybody may read it has the mode in the end; nobody else's was made wider.
    const { mode } = statSync(join(directory, name));
    const due = statSync(place.store).mode & 0o777;
    context.check("private", (mode & 0o777 & ~due) === 0, () => `${name} has the mode ${(mode & 0o777).toString(8)}`);
  }
  context.check("lock-there", statSync(lockOf(place.store)).isFile(), "no lock is held");
  driver.cont();
  await answerOf(context, pending);
  tellsNothing(context, place, driver.stderrTail, "the log");
}

function tellsNothing(context: CaseContext, { server }: Place, texts: readonly string[], what: string): void {
  for (const text of texts) {
    for (const token of server.tokens.all) {
      const part = token.slice(0, PART);
      context.check("tells-nothing", !text.includes(part), () => {
        return `${what} gives the token ${digest(token)} away: ${text.replaceAll(part, "(…)").slice(0, 200)}`;
      });
    }
  }
}
