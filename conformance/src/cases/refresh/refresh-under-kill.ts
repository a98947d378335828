import { dirname } from "node:path";
import type { CaseContext, CaseDefinition, Driver, Reply } from "../../engine/case.js";
import { digest } from "../../oauth-server/tokens.js";
import { excuseIntents } from "../support/intents.js";
import { credentialIn, expired, expiredPlace, type Place, putCredential } from "../support/logins.js";
import { described, familyLives, refresh, sentOnce, startRefresh } from "../support/refreshing.js";
import { watchStore } from "../support/store-watch.js";
import { crew, helpers } from "../support/team.js";

export const refreshUnderKill: CaseDefinition = {
  id: "refresh-under-kill",
  title: "Processes killed at random never make two requests with one token, nor bring an older credential back",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-1", "REFRESH-4", "REFRESH-5", "REFRESH-7"],
  field: [66, 73, 77],
  profile: "refresh",
  needs: ["refresh"],
  columns: ["own", "mix"],
  how: "Processes refresh one login all the time, each telling the token that it got last to be rejected, and one of them is killed (-9) at a random moment. No token may be sent twice, and the store may never go back. Afterwards the next caller refreshes, at a login that lives; or the killed one's intent of the stored token is there, and the next caller is refused with refresh_outcome_unknown and sends nothing.",
  timeoutMs: 900_000,
  async run(context) {
    const place = await expiredPlace(context);
    place.server.always({ delayMs: 8 });
    const survivors = await crew(context, helpers(context), 2);
    const rounds = context.pick(30, 150);
    const members = helpers(context);
    let unknown = 0;
    for (let round = 0; round < rounds; round += 1) {
      const victim = await context.spawn(members[round % members.length]!, { env: {} });
      if (await oneKill(context, place, survivors, victim)) {
        unknown += 1;
        await signIn(context, place);
      }
    }
    context.note(`${rounds} kills, after ${unknown} of which nobody knew the outcome`);
    sentOnce(context, place);
  },
};

/** Whether nobody knows what became of the login. */
async function oneKill(
  context: CaseContext,
  place: Place,
  survivors: readonly Driver[],
  victim: Driver,
): Promise<boolean> {
  const watch = watchStore(context, place);
  const { server } = place;
  let going = true;
  const keepOn = async (driver: Driver): Promise<void> => {
    let rejected: string | undefined;
    while (going) {
      const pending = startRefresh(context, driver, place, rejected === undefined ? {} : { rejected });
      const reply = await pending.reply;
      if (reply === undefined || reply.status !== "ok") return judge(context, reply);
      rejected = String(reply["access"]);
    }
  };
  const runs = [...survivors, victim].map(keepOn);
  const before = server.requests.length;
  await context.until("somebody refreshes", () => server.requests.length > before, 20_000);
  await context.sleep(context.random.integer(0, 60));
  const killed = victim.kill();
  await killed;
  going = false;
  await Promise.all(runs);
  watch.stop();
  return afterwards(context, place, survivors[0]!);
}

/** What a survivor may be told of a process that was killed. */
function judge(context: CaseContext, reply: Reply | undefined): void {
  if (reply === undefined) return;
  const isRight = reply.status === "refused" && reply.code === "refresh_outcome_unknown";
  context.check("survivors", isRight, () => `a survivor ${described(reply)}`);
}

async function afterwards(context: CaseContext, place: Place, next: Driver): Promise<boolean> {
  const stored = String(credentialIn(place.store, place.at)?.["access"]);
  const { requests } = place.server;
  const count = requests.length;
  const reply = await refresh(context, next, place, { rejected: stored });
  if (reply.status === "ok") {
    context.check("next-refreshes", reply["how"] === "refreshed", () => `the next caller ${described(reply)}`);
    familyLives(context, place);
    return false;
  }
  context.check(
    "next-is-told",
    reply.code === "refresh_outcome_unknown",
    () => `the next caller was ${described(reply)}`,
  );
  context.check("next-sends-nothing", requests.length === count, () => `${digest(stored)} was sent all the same`);
  excuseIntents(context, dirname(place.store));
  return true;
}

/** As a person would whom the refusal has asked for it. */
async function signIn(context: CaseContext, place: Place): Promise<void> {
  const login = await place.server.login();
  Object.assign(place, { login });
  putCredential(place, expired(login));
  context.log("signed in", { generation: digest(login.access) });
}
