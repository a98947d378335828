import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition, Driver, Reply } from "../../engine/case.js";
import { keepOpen, onNewerNode, profilesRow, writeRow } from "../support/databases.js";
import { bytesOf, replaceFile } from "../support/files.js";
import { expired, fresh, oauthServer, PROFILE } from "../support/logins.js";
import { openclawRefresh, openclawWait, storeOf } from "../support/openclaw.js";
import { described, gotWaited, refused } from "../support/refreshing.js";
import { likeness } from "../support/stores.js";

const REMEDY = "openclaw models auth login";

export const openclawSqlite: CaseDefinition = {
  id: "openclaw-sqlite",
  title:
    "OpenClaw's database is read and never written, nothing is made beside it, and what cannot be done names the remedy",
  group: "openclaw",
  level: "MUST",
  rules: ["STATE-4", "STATE-8", "STATE-11"],
  field: [2, 76, 79],
  profile: "refresh",
  needs: ["openclaw"],
  environment: ["linux", "python3"],
  parallel: true,
  how: "The login is in a database as OpenClaw 2026.6.5 and later have it: closed, in WAL mode closed and open with what is new in its log, and in the shared database. Who can read SQLite must return the usable credential from each, and leave database and directory as they were; who cannot must refuse with store_unsupported and the remedy. A refresh is refused in the same way and sends nothing, also when JSON files lie beside the database, or it appears while a refresh waits.",
  timeoutMs: 120_000,
  async run(context: CaseContext) {
    const server = await oauthServer(context);
    const driver = await context.spawn(onNewerNode(context.implementation), { env: {} });
    const database = join(dirname(storeOf(context)), "openclaw-agent.sqlite");
    for (const mode of ["delete", "wal"] as const) {
      const login = await server.login();
      rmSync(database, { force: true });
      writeRow(context, database, profilesRow({ [PROFILE]: fresh(login) }), mode);
      await readsIt(context, driver, database, login.access, `a closed database (${mode})`);
    }
    const login = await server.login();
    const open = await keepOpen(context, database, profilesRow({ [PROFILE]: fresh(login) }));
    await readsIt(context, driver, database, login.access, "an open database, with its log");
    await open.close();
    await shared(context, driver);
    await refusesToWrite(context, driver, database);
    await becomesOne(context, driver, database);
  },
};

async function readsIt(
  context: CaseContext,
  driver: Driver,
  database: string,
  access: string,
  what: string,
): Promise<void> {
  const before = { itself: likeness(database), names: readdirSync(dirname(database)).sort().join(" ") };
  reads(context, await openclawWait(context, driver, { options: { timeoutMs: 3_000 } }), access, what);
  const names = readdirSync(dirname(database)).sort().join(" ");
  context.check("nothing-made", names === before.names, () => `${what}: ${names} instead of ${before.names}`);
  context.check("untouched", likeness(database) === before.itself, () => `${what} was changed`);
}

/** It has the credential; or its runtime cannot read SQLite, and it says what to do. */
function reads(context: CaseContext, reply: Reply, access: string, what: string): void {
  if (reply.status === "refused") unsupported(context, reply, what);
  else gotWaited(context, "reads", reply, access, what);
}

function unsupported(context: CaseContext, reply: Reply, what: string): void {
  const error = refused(context, "unsupported", reply, "store_unsupported", what);
  const words = `${error.message} ${error.hint ?? ""}`;
  // Or, where it is the runtime that cannot read it, another one.
  const isRemedy = words.includes(REMEDY) || /Node \d/.test(words);
  context.check("names-the-remedy", isRemedy, () => `${what}: it only says ${words}`);
}

/** From 2026.8 on main's profiles may be in the shared database; a flag in it says so. */
async function shared(context: CaseContext, driver: Driver): Promise<void> {
  const server = await oauthServer(context);
  const login = await server.login();
  const agent = join(context.dir, "agents/lone/agent");
  writeFileSync(join(dirname(context.target("agents/lone/agent/auth-profiles.json")), "note"), "");
  rmSync(join(agent, "auth-profiles.json"));
  const database = join(context.dir, "state/openclaw.sqlite");
  const flag = (location: string) =>
    ({ table: "config_machine_state", key: "auth.sharedStore", value: { location } }) as const;
  const store = { version: 1, profiles: { [PROFILE]: fresh(login) } };
  writeRow(context, database, flag("state-db"));
  writeRow(context, database, { table: "config_machine_state", key: "authProfiles.store", value: store });
  const main = join(dirname(storeOf(context)), "openclaw-agent.sqlite");
  const agentDatabase = bytesOf(main);
  rmSync(main);
  const reply = await openclawWait(context, driver, { agentId: "lone", options: { timeoutMs: 3_000 } });
  reads(context, reply, login.access, "the shared database");
  const refusal = await openclawRefresh(context, driver, server, { agentId: "lone", rejected: login.access });
  unsupported(context, refusal, "a refresh of the shared database");
  rmSync(database);
  context.check("was-a-database", agentDatabase.length > 0, "there was no database to begin with");
}

async function refusesToWrite(context: CaseContext, driver: Driver, database: string): Promise<void> {
  const server = await oauthServer(context);
  const login = await server.login();
  const json = storeOf(context);
  // A left-over of the import: nobody reads it any more.
  replaceFile(json, JSON.stringify({ version: 1, profiles: { [PROFILE]: expired(login) } }));
  writeRow(context, database, profilesRow({ [PROFILE]: expired(login) }));
  const before = { itself: likeness(database), json: bytesOf(json) };
  unsupported(context, await openclawRefresh(context, driver, server), "a refresh of a database");
  context.check("nothing-sent", server.requests.length === 0, "a token of the database was sent");
  context.check("untouched", likeness(database) === before.itself, "the database was changed");
  context.check("json-untouched", bytesOf(json) === before.json, "the left-over was changed");
}

/** OpenClaw is updated while a refresh waits for its lock. */
async function becomesOne(context: CaseContext, driver: Driver, database: string): Promise<void> {
  const server = await oauthServer(context);
  const login = await server.login();
  rmSync(database);
  const json = storeOf(context);
  replaceFile(json, JSON.stringify({ version: 1, profiles: { [PROFILE]: expired(login) } }));
  const held = await (await context.spawn()).acquire(json);
  const pending = openclawRefresh(context, driver, server);
  await context.sleep(context.limit(500));
  writeRow(context, database, profilesRow({ [PROFILE]: expired(login) }));
  await held.release();
  const reply = await pending;
  context.check("asked-again", reply.status === "refused", () => `it was ${described(reply)}`);
  unsupported(context, reply, "a store that became a database");
  context.check("nothing-sent", server.requests.length === 0, "a token of the database was sent");
}
