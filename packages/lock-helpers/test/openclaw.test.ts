import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { acquireFileLock } from "../src/index.js";
import {
  CredentialCache,
  isRefreshError,
  isStoreError,
  readCredential,
  recogniseStore,
  refreshCredential,
  refreshLockTargets,
  tokenEndpoint,
  waitForFreshCredential,
} from "../src/openclaw.js";
import { setPointHook } from "../src/points.js";
import { useOAuthServer } from "./oauth-server.js";
import { modeOf, usePlace } from "./support.js";

const place = usePlace();
const server = useOAuthServer();
const PROFILE = "xai:default";
const FENCE = "openclaw-oauth-refresh-fence:v1:";
const PENDING = {
  access: `${FENCE}${"0".repeat(32)}:pending`,
  refresh: `${FENCE}${"0".repeat(32)}:pending`,
  expires: 1,
};
const FAILED = {
  access: `${FENCE}${"0".repeat(32)}:failed:access:${"1".repeat(64)}`,
  refresh: `${FENCE}${"0".repeat(32)}:failed:refresh:${"1".repeat(64)}`,
  expires: 1,
};

let stateDir = "";
let mainFile = "";
let agentFile = "";

beforeEach(() => {
  vi.stubEnv("OPENCLAW_AGENT_DIR", undefined);
  stateDir = join(place.directory, "state");
  [mainFile, agentFile] = ["main", "bot"].map((id) => join(stateDir, "agents", id, "agent", "auth-profiles.json")) as [
    string,
    string,
  ];
  mkdirSync(dirname(mainFile), { recursive: true });
  mkdirSync(dirname(agentFile), { recursive: true });
});

const expired = (more: object = {}) => ({ type: "oauth", provider: "xai", ...server.login(), expires: 5, ...more });
const usable = (more: object = {}) => expired({ expires: Date.now() + 3_600_000, ...more });

function write(file: string, credential: object | undefined): void {
  const profiles = { other: { type: "api_key", key: "k" }, ...(credential && { [PROFILE]: credential }) };
  writeFileSync(file, `${JSON.stringify({ version: 1, profiles }, null, 2)}\n`, { mode: 0o600 });
}

const read = (file: string) => JSON.parse(readFileSync(file, "utf8")).profiles[PROFILE];
const refresh = () => tokenEndpoint({ url: server.url, clientId: "script" });
const about = (more: object = {}) => ({ stateDir, agentId: "bot", profileId: PROFILE, provider: "xai", ...more });
const refreshed = (more: object = {}) => refreshCredential({ ...about(), refresh: refresh(), ...more });

async function refusal(call: () => Promise<unknown>): Promise<{ code: string; message: string; kind?: string }> {
  try {
    await call();
  } catch (error) {
    if (isRefreshError(error) || isStoreError(error)) return error as never;
    throw error;
  }
  throw new Error("not refused");
}

describe("reading", () => {
  test("gives the agent's own credential, or main's where it has none or may adopt it", async () => {
    const [mine, mains] = [expired(), usable()];
    write(mainFile, mains);
    expect(await readCredential(about())).toMatchObject({ access: mains.access });
    write(agentFile, { ...mine, accountId: "A" });
    expect(await readCredential(about())).toMatchObject({ access: mine.access });
    write(agentFile, mine);
    expect(await readCredential(about())).toMatchObject({ access: mains.access });
  });

  test("of what is not there, of another type, or at another provider is unavailable", async () => {
    expect(await refusal(() => readCredential(about()))).toMatchObject({ code: "refresh_unavailable" });
    write(agentFile, { type: "api_key", provider: "xai", key: "k" });
    expect(await refusal(() => readCredential(about()))).toMatchObject({ code: "refresh_unavailable" });
    write(agentFile, usable());
    expect(await refusal(() => readCredential(about({ provider: "openai" })))).toMatchObject({
      code: "refresh_unavailable",
    });
    expect(await readCredential(about({ provider: " XAI " }))).toMatchObject({ provider: "xai" });
  });

  test("knows what kind of store there is", () => {
    const agentDir = dirname(agentFile);
    expect(recogniseStore(agentDir, stateDir)).toEqual({ kind: "none", path: agentFile });
    write(agentFile, undefined);
    expect(recogniseStore(agentDir, stateDir)).toEqual({ kind: "json", path: agentFile });
    writeFileSync(join(agentDir, "openclaw-agent.sqlite"), "");
    expect(recogniseStore(agentDir, stateDir).kind).toBe("sqlite");
  });
});

describe("a refresh in a JSON store", () => {
  test("that is not needed takes no lock and makes nothing", async () => {
    write(agentFile, usable());
    expect(await refreshed()).toMatchObject({ how: "fresh" });
    expect(readdirSync(stateDir)).toEqual(["agents"]);
  });

  test("holds both refresh locks and then the owner's, in that order, with the intent beside the former", async () => {
    write(agentFile, expired());
    const locks = [...refreshLockTargets(stateDir, "xai", PROFILE), agentFile].map((target) => `${target}.lock`);
    const held: string[][] = [];
    setPointHook((point) => {
      if (point === "acquire:linked" || point === "refresh:verified") held.push(locks.filter(existsSync));
    });
    let intents: string[] = [];
    await refreshed({
      refresh: async (request: never) => {
        intents = readdirSync(join(stateDir, "locks", "oauth-refresh")).filter((name) => name.endsWith(".json"));
        return refresh()(request);
      },
    });
    expect(held).toEqual([locks.slice(0, 1), locks.slice(0, 2), locks, locks]);
    expect(intents).toHaveLength(1);
    expect(readdirSync(join(stateDir, "locks", "oauth-refresh"))).toEqual([]);
  });

  test("saves in the agent's store what is the agent's own, and leaves all else there", async () => {
    const [mine, mains] = [expired({ accountId: "A" }), expired({ accountId: "B" })];
    write(agentFile, mine);
    write(mainFile, mains);
    const got = await refreshed();
    expect(got.how).toBe("refreshed");
    expect(read(agentFile)).toMatchObject({ access: got.access, accountId: "A" });
    expect(JSON.parse(readFileSync(agentFile, "utf8"))).toMatchObject({
      version: 1,
      profiles: { other: { key: "k" } },
    });
    expect(read(mainFile)).toEqual(mains);
    expect(server.posts).toEqual([mine.refresh]);
  });

  test("saves in main's store what is main's, and leaves the agent's copy alone", async () => {
    const mains = expired({ accountId: "A" });
    write(agentFile, mains);
    write(mainFile, mains);
    const got = await refreshed();
    expect(read(mainFile).access).toBe(got.access);
    expect(read(agentFile)).toEqual(mains);
    expect(await refreshed()).toMatchObject({ how: "fresh", access: got.access });
    expect(await refreshed({ agentId: "third" })).toMatchObject({ how: "fresh", access: got.access });
    expect(server.posts).toHaveLength(1);
  });

  test("takes no newer expiry of main's for a fresh credential", async () => {
    write(agentFile, expired({ expires: 5 }));
    const mains = expired({ expires: 1000 });
    write(mainFile, mains);
    expect(await refreshed()).toMatchObject({ how: "refreshed" });
    expect(server.posts).toEqual([mains.refresh]);
  });

  test("of an agent's own is written into main's older copy of that login too", async () => {
    const mine = expired({ accountId: "A", expires: 1000 });
    write(agentFile, mine);
    write(mainFile, expired({ accountId: "A", expires: 5, extra: 1 }));
    const got = await refreshed();
    expect(server.posts).toEqual([mine.refresh]);
    expect(read(agentFile).access).toBe(got.access);
    expect(read(mainFile)).toMatchObject({ access: got.access, refresh: read(agentFile).refresh, extra: 1 });
  });

  test("is no failure where main's copy cannot be written", async () => {
    write(agentFile, expired({ accountId: "A", expires: 1000 }));
    write(mainFile, expired({ accountId: "A", expires: 5 }));
    setPointHook((point) => {
      if (point === "refresh:answered") writeFileSync(mainFile, "garbage");
    });
    expect(await refreshed()).toMatchObject({ how: "refreshed" });
    expect(readFileSync(mainFile, "utf8")).toBe("garbage");
  });

  test("begins again when another owns it by the time that it has the locks", async () => {
    write(agentFile, expired({ accountId: "A" }));
    const mains = expired({ accountId: "A" });
    let isFirst = true;
    setPointHook((point) => {
      if (point !== "refresh:locked" || !isFirst) return;
      isFirst = false;
      write(mainFile, mains);
    });
    expect(await refreshed()).toMatchObject({ how: "refreshed" });
    expect(server.posts).toEqual([mains.refresh]);
    expect(existsSync(`${agentFile}.lock`)).toBe(false);
  });

  test.runIf(process.getuid?.() === 0)(
    "makes the directory of its locks for the owner of the state directory",
    async () => {
      write(agentFile, expired());
      chownSync(stateDir, 1234, 4321);
      await refreshed();
      for (const name of ["locks", "locks/oauth-refresh"]) {
        expect(statSync(join(stateDir, name))).toMatchObject({ uid: 1234, gid: 4321 });
        expect(modeOf(join(stateDir, name))).toBe(0o700);
      }
    },
  );

  test("that turns into a database meanwhile is not sent, or is handed back", async () => {
    const database = join(dirname(agentFile), "openclaw-agent.sqlite");
    for (const [point, code, posts] of [
      ["refresh:locked", "store_unsupported", 0],
      ["refresh:answered", "refresh_not_saved", 1],
    ] as const) {
      write(agentFile, expired());
      server.plans = [];
      setPointHook((reached) => {
        if (reached === point) writeFileSync(database, "");
      });
      const error = await refusal(() => refreshed());
      setPointHook(undefined);
      // Node before 22.13 cannot even look into it.
      expect(error.code).toBe(code);
      expect(server.posts).toHaveLength(posts);
      rmSync(database);
    }
  });

  test("adopts what OpenClaw saves while it holds a lock", async () => {
    const mine = expired();
    write(agentFile, mine);
    const [first] = refreshLockTargets(stateDir, "xai", PROFILE);
    const lock = await acquireFileLock(first, { createParent: true });
    const theirs = usable();
    const got = await refreshed({ onWait: () => setImmediate(() => write(agentFile, theirs)) });
    expect(got).toMatchObject({ how: "adopted", access: theirs.access });
    expect(server.posts).toEqual([]);
    await lock.release();
  });
});

describe("a fence", () => {
  test("that has failed is a rejection, at once", async () => {
    write(agentFile, { ...expired(), ...FAILED });
    expect(await refusal(() => refreshed())).toMatchObject({ code: "refresh_rejected" });
    expect(await refusal(() => waitForFreshCredential(about()))).toMatchObject({ code: "refresh_rejected" });
    expect(server.posts).toEqual([]);
  });

  test("that is pending is waited for, and never sent, adopted or overwritten", async () => {
    write(agentFile, { ...expired(), ...PENDING });
    const before = readFileSync(agentFile);
    const error = await refusal(() => refreshed({ timeoutMs: 50 }));
    expect(error).toMatchObject({ code: "refresh_contention" });
    expect(error.message).toContain("openclaw models auth login");
    expect(readFileSync(agentFile)).toEqual(before);
    const theirs = usable();
    setTimeout(() => write(agentFile, theirs), 30);
    expect(await refreshed()).toMatchObject({ access: theirs.access });
    expect(server.posts).toEqual([]);
  });

  test("that appears under the locks is waited for as well", async () => {
    write(agentFile, expired());
    const theirs = usable();
    setPointHook((point) => {
      if (point !== "refresh:locked") return;
      setPointHook(undefined);
      write(agentFile, { ...expired(), ...PENDING });
      setTimeout(() => write(agentFile, theirs), 30);
    });
    expect(await refreshed()).toMatchObject({ access: theirs.access });
    expect(server.posts).toEqual([]);
  });

  test("of main's is not adopted", async () => {
    const mine = expired();
    write(agentFile, mine);
    write(mainFile, { ...expired(), ...PENDING });
    expect(await refreshed()).toMatchObject({ how: "refreshed" });
    expect(server.posts).toEqual([mine.refresh]);
  });
});

describe("waiting for a fresh credential", () => {
  test("takes no lock, makes nothing, and returns what appears", async () => {
    write(agentFile, expired());
    const theirs = usable();
    setTimeout(() => write(agentFile, theirs), 30);
    expect(await waitForFreshCredential(about())).toMatchObject({ access: theirs.access });
    expect(await waitForFreshCredential(about({ timeoutMs: 0 }))).toMatchObject({ access: theirs.access });
    expect(readdirSync(stateDir)).toEqual(["agents"]);
  });

  test("passes over the access token that was rejected", async () => {
    const [one, two] = [usable(), usable()];
    write(agentFile, one);
    setTimeout(() => write(agentFile, two), 30);
    expect(await waitForFreshCredential(about({ rejected: one.access }))).toMatchObject({ access: two.access });
  });

  test("ends with what it has seen: nobody refreshes it, or somebody does", async () => {
    write(agentFile, expired());
    const nobody = await refusal(() => waitForFreshCredential(about({ timeoutMs: 30 })));
    expect(nobody).toMatchObject({ code: "refresh_unavailable" });
    expect(nobody.message).toContain("openclaw models auth login");
    const [, second] = refreshLockTargets(stateDir, "xai", PROFILE);
    const lock = await acquireFileLock(second, { createParent: true });
    const somebody = await refusal(() => waitForFreshCredential(about({ timeoutMs: 30 })));
    expect(somebody).toMatchObject({ code: "refresh_contention", holder: { pid: process.pid } });
    await lock.release();
    write(agentFile, { ...expired(), ...PENDING });
    expect(await refusal(() => waitForFreshCredential(about({ timeoutMs: 30 })))).toMatchObject({
      code: "refresh_contention",
    });
  });

  test("can be cancelled", async () => {
    write(agentFile, expired());
    const controller = new AbortController();
    setImmediate(() => controller.abort(new Error("cancelled")));
    await expect(waitForFreshCredential(about({ signal: controller.signal }))).rejects.toThrow("cancelled");
  });
});

describe("a cache", () => {
  const path = () => join(place.directory, "cache.json");

  test("keeps a login of the script's own, for its owner alone, and refreshes it", async () => {
    write(mainFile, expired());
    const cache = new CredentialCache(path(), { stateDir });
    expect(await cache.get("mine")).toBeUndefined();
    const mine = expired();
    await cache.put("mine", mine);
    expect(modeOf(path())).toBe(0o600);
    expect(await cache.get("mine")).toEqual(mine);
    expect(await cache.refresh("mine", { refresh: refresh() })).toMatchObject({ how: "refreshed" });
    expect((await cache.get("mine"))?.["refresh"]).not.toBe(mine.refresh);
    await cache.delete("mine");
    expect(await cache.get("mine")).toBeUndefined();
  });

  test("refuses a login that is OpenClaw's, main's or the agent's, unless the provider does not rotate", async () => {
    for (const file of [mainFile, agentFile]) {
      const theirs = expired();
      write(file, theirs);
      const cache = new CredentialCache(path(), { stateDir, agentId: "bot" });
      const error = await refusal(() => cache.put("theirs", { refresh: theirs.refresh }));
      expect(error).toMatchObject({ code: "store_unsupported" });
      expect(error.message).not.toContain(theirs.refresh);
      expect(existsSync(path())).toBe(false);
      const other = new CredentialCache(path(), { stateDir, agentId: "bot", profileId: "another" });
      await other.put("theirs", { refresh: theirs.refresh });
      expect(await refusal(() => cache.refresh("theirs", { refresh: refresh() }))).toMatchObject({
        code: "store_unsupported",
      });
      rmSync(path());
      await new CredentialCache(path(), { stateDir, providerDoesNotRotate: true }).put("theirs", theirs);
      rmSync(path());
    }
    expect(server.posts).toEqual([]);
  });

  test("refuses where OpenClaw's store cannot be read, and to be one of its files", async () => {
    writeFileSync(mainFile, "garbage");
    const cache = new CredentialCache(path(), { stateDir });
    expect(await refusal(() => cache.put("x", { refresh: "r" }))).toMatchObject({ code: "store_unsupported" });
    await cache.put("x", { access: "no refresh token, so nothing to be burned" });
    expect(() => new CredentialCache(mainFile)).toThrow(/invalid option/);
  });
});

describe("an SQLite store", () => {
  const database = () => join(dirname(mainFile), "openclaw-agent.sqlite");
  const canRead = process.getBuiltinModule("node:sqlite" as never) !== undefined;

  /** A Node that has SQLite, as a script. */
  function newer(script: string): string {
    const root = dirname(createRequire(import.meta.url).resolve("node-24-linux-x64/package.json"));
    const openclaw = new URL("../dist/esm/openclaw.js", import.meta.url).href;
    const source = `
      import { DatabaseSync } from "node:sqlite";
      import * as openclaw from ${JSON.stringify(openclaw)};
      const about = ${JSON.stringify(about())};
      const show = (call) => call().then(({ access, how }) => [how ?? "read", access].join(" "), ({ code, kind }) => [code, kind].join(" ")).then(console.log);
      ${script}`;
    const { stdout, stderr, status } = spawnSync(join(root, "bin", "node"), ["--input-type=module", "-e", source], {
      encoding: "utf8",
      timeout: 20_000,
    });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  const make = (credential: object, file = database()) => `{
    const database = new DatabaseSync(${JSON.stringify(file)});
    database.exec("PRAGMA journal_mode = WAL; CREATE TABLE auth_profile_store (store_key TEXT PRIMARY KEY, store_json TEXT, updated_at INTEGER)");
    const text = JSON.stringify({ version: 1, profiles: { ${JSON.stringify(PROFILE)}: ${JSON.stringify(credential)} } });
    database.prepare("INSERT INTO auth_profile_store VALUES ('primary', ?, 1)").run(text);
    globalThis.open = database;
  }`;

  test("is read, with its log and without, and nothing is made beside it", () => {
    const output = newer(`
      import { readdirSync } from "node:fs";
      ${make(usable({ access: "from-sqlite" }))}
      await show(() => openclaw.readCredential(about));
      open.close();
      await show(() => openclaw.readCredential(about));
      await show(() => openclaw.refreshCredential({ ...about, refresh: () => console.log("sent") }));
      console.log(readdirSync(${JSON.stringify(dirname(database()))}).join());`);
    expect(output.split("\n")).toEqual([
      "read from-sqlite",
      "read from-sqlite",
      "fresh from-sqlite",
      "openclaw-agent.sqlite",
    ]);
  });

  test("is never written: what has expired there is unsupported, with the remedy", () => {
    const output = newer(`
      ${make(expired())}
      await show(() => openclaw.refreshCredential({ ...about, refresh: () => console.log("sent") }));
      await openclaw.refreshCredential({ ...about, refresh: () => {} }).catch(({ message }) => console.log(message));`);
    const [code, message] = output.split("\n");
    expect(code).toBe("store_unsupported sqlite");
    expect(message).toContain("openclaw models auth login");
  });

  test("is waited for: what OpenClaw saves is returned", () => {
    const output = newer(`
      ${make(expired())}
      const fresh = ${JSON.stringify(usable({ access: "saved-later" }))};
      setTimeout(() => {
        const text = JSON.stringify({ profiles: { ${JSON.stringify(PROFILE)}: fresh } });
        open.prepare("UPDATE auth_profile_store SET store_json = ?").run(text);
      }, 100);
      await show(() => openclaw.waitForFreshCredential(about));`);
    expect(output).toBe("read saved-later");
  });

  test("that agents share is where the flag says, and JSON files beside it are left-overs", () => {
    write(mainFile, usable({ access: "left-over" }));
    const shared = join(stateDir, "state", "openclaw.sqlite");
    mkdirSync(dirname(shared));
    const output = newer(`
      const database = new DatabaseSync(${JSON.stringify(shared)});
      database.exec("CREATE TABLE auth_profile_stores (x)");
      await show(() => openclaw.readCredential(about));
      database.exec("CREATE TABLE config_machine_state (state_key TEXT PRIMARY KEY, value_json TEXT, updated_at_ms INTEGER)");
      const insert = database.prepare("INSERT OR REPLACE INTO config_machine_state VALUES (?, ?, 1)");
      insert.run("auth.sharedStore", JSON.stringify({ location: "legacy-main" }));
      await show(() => openclaw.readCredential(about));
      insert.run("auth.sharedStore", JSON.stringify({ location: "state-db" }));
      insert.run("authProfiles.store", JSON.stringify({ profiles: { ${JSON.stringify(PROFILE)}: ${JSON.stringify(usable({ access: "shared" }))} } }));
      await show(() => openclaw.readCredential(about));
      console.log(openclaw.recogniseStore(${JSON.stringify(dirname(agentFile))}, about.stateDir).kind);`);
    expect(output.split("\n")).toEqual(["read left-over", "read left-over", "read shared", "sqlite"]);
  });

  test("that is none, or whose cell is no store, is invalid", () => {
    writeFileSync(database(), "this is not a database, however long it is made to be".repeat(100));
    const agents = join(dirname(agentFile), "openclaw-agent.sqlite");
    const output = newer(`
      await show(() => openclaw.readCredential({ ...about, agentId: "main" }));
      ${make(usable(), agents)}
      open.exec("UPDATE auth_profile_store SET store_json = '{\\"profiles\\":{'");
      open.close();
      import { rmSync } from "node:fs";
      rmSync(${JSON.stringify(database())});
      await show(() => openclaw.readCredential(about));`);
    expect(output.split("\n")).toEqual(["store_invalid garbage", "store_invalid torn"]);
  });

  test.skipIf(canRead)("is refused by a Node that cannot read it, with the remedy", async () => {
    newer(make(usable()));
    for (const call of [
      () => readCredential(about()),
      () => refreshed(),
      () => waitForFreshCredential(about()),
      () => new CredentialCache(join(place.directory, "c.json"), { stateDir }).put("x", { refresh: "r" }),
    ]) {
      const error = await refusal(call);
      expect(error).toMatchObject({ code: "store_unsupported" });
      expect(error.message).toMatch(/Node 22\.13|providerDoesNotRotate/);
    }
    expect(server.posts).toEqual([]);
  });
});
