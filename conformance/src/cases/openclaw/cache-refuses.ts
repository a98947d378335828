import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { onNewerNode, profilesRow, writeRow } from "../support/databases.js";
import { isThere } from "../support/files.js";
import { type Credential, credentialIn, expired, fresh, oauthServer, PROFILE } from "../support/logins.js";
import { openclawPlace, storeOf } from "../support/openclaw.js";
import { refused } from "../support/refreshing.js";

export const cacheRefuses: CaseDefinition = {
  id: "cache-refuses",
  title: "A cache of one's own refuses OpenClaw's own rotating login, and keeps others for their owner alone",
  group: "openclaw",
  level: "MUST",
  rules: ["STATE-10"],
  field: [77, 79],
  profile: "refresh",
  needs: ["openclaw"],
  environment: ["linux", "python3"],
  parallel: true,
  how: "A credential whose refresh token OpenClaw's store has, of the agent or of main, JSON or a database, is put into a cache: store_unsupported, and no cache made. One of another login is kept, in a file of mode 0600. With providerDoesNotRotate the first is taken too. A cache inside OpenClaw's stores is refused.",
  timeoutMs: 60_000,
  async run(context: CaseContext) {
    const place = await openclawPlace(context);
    const { server, login } = place;
    const path = join(context.dir, "..", "cache", "tokens.json");
    context.target("../cache/placeholder");
    const driver = await context.spawn(onNewerNode(context.implementation), { env: {} });
    await refuses(context, driver, path, expired(login), "main", "main's store has it");
    await refuses(
      context,
      driver,
      path,
      { ...fresh(login), access: "another" },
      "coder",
      "main's store has its refresh token",
    );
    context.check("no-cache-made", !isThere(path), "a refused credential was cached");

    const own = await server.login();
    const kept = await put(driver, path, fresh(own), "main");
    context.require("keeps", kept.status === "ok", "a login of the script's own was refused");
    const mode = statSync(path).mode & 0o777;
    context.check("private", mode === 0o600, () => `the cache has the mode ${mode.toString(8)}`);
    context.check("cached", credentialIn(path, ["own"]) !== undefined || isThere(path), "nothing was cached");

    const told = await put(driver, path, expired(login), "main", { providerDoesNotRotate: true });
    context.check("told-so", told.status === "ok", "the caller has said that the provider does not rotate");
    const inside = await put(driver, storeOf(context), fresh(own), "main");
    context.check("not-inside", inside.status === "refused", "OpenClaw's own store was taken for a cache");
    await database(context, driver, path);
  },
};

const put = (driver: Driver, path: string, credential: Credential, agentId: string, more: object = {}) =>
  driver.call("cache-put", {
    path,
    key: "own",
    credential,
    stateDir: join(dirname(dirname(path)), ".openclaw"),
    agentId,
    profileId: PROFILE,
    ...more,
  });

async function refuses(
  context: CaseContext,
  driver: Driver,
  path: string,
  credential: Credential,
  agentId: string,
  why: string,
): Promise<void> {
  refused(context, "refuses", await put(driver, path, credential, agentId), "store_unsupported", why);
}

/** Where the database cannot be read, nobody can say that the login is not in it. */
async function database(context: CaseContext, driver: Driver, path: string): Promise<void> {
  const login = await (await oauthServer(context)).login();
  const agent = join(dirname(storeOf(context)), "openclaw-agent.sqlite");
  writeRow(context, agent, profilesRow({ [PROFILE]: expired(login) }));
  await refuses(context, driver, path, expired(login), "main", "the database has it");
}
