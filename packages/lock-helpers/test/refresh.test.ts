import { chmodSync, chownSync, existsSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { serialize } from "node:v8";
import { afterEach, describe, expect, test, vi } from "vitest";
import { acquireFileLock, isFileLockError } from "../src/index.js";
import { generationOf } from "../src/oauth/generation.js";
import { intentBytes } from "../src/oauth/own-intent.js";
import {
  isRefreshError,
  type RefreshError,
  type RefreshFunction,
  RefreshNotSent,
  RefreshRejected,
  type RefreshStoredOptions,
  refreshOnce,
  refreshStored,
  tokenEndpoint,
} from "../src/oauth.js";
import { intentPath } from "../src/paths.js";
import { setPointHook } from "../src/points.js";
import { type Login, useOAuthServer } from "./oauth-server.js";
import { atPoint, deadPayload, modeOf, namesIn, payloadOf, usePlace } from "./support.js";

const place = usePlace();
const server = useOAuthServer();
const AT = ["profiles", "x"];
let login: Login;

function store(more: object = {}): void {
  const credential = { type: "oauth", ...login, expires: Date.now() - 1000, extra: { kept: true }, ...more };
  writeFileSync(place.target, `${JSON.stringify({ version: 1, profiles: { x: credential } }, null, 2)}\n`, {
    mode: 0o600,
  });
}

function begin(more: object = {}): void {
  login = server.login();
  store(more);
}

const stored = () => JSON.parse(readFileSync(place.target, "utf8")).profiles.x;
const intentOf = (credential: unknown) => intentPath(place.directory, generationOf(credential)!);
const endpoint = () => tokenEndpoint({ url: server.url, clientId: "script" });

function refresh(options: Partial<RefreshStoredOptions> = {}) {
  return refreshStored({ store: place.target, at: AT, refresh: endpoint(), ...options });
}

async function refusal(call: () => Promise<unknown>): Promise<RefreshError> {
  try {
    await call();
  } catch (error) {
    if (isRefreshError(error)) return error;
    throw error;
  }
  throw new Error("not refused");
}

/** Nothing of it shows a token. */
function expectNoSecret(error: unknown): void {
  const shown = [
    inspect(error, { showHidden: true, depth: null, getters: true }),
    JSON.stringify(error),
    String((error as Error).stack),
    serialize(error).toString("latin1"),
  ].join();
  expect(shown).not.toMatch(/SECRET/);
}

function intent(payload: Buffer, more: Record<string, string> = {}): void {
  const generation = generationOf(stored())!;
  writeFileSync(intentOf(stored()), intentBytes(payload, { generation, state: "sent", ...more }));
}

describe("a refresh", () => {
  test("that is not needed makes no request, and takes no lock", async () => {
    begin({ expires: Date.now() + 600_000 });
    const lock = await acquireFileLock(place.target);
    expect(await refresh({ timeoutMs: 0 })).toMatchObject({ how: "fresh", access: login.access });
    expect(server.posts).toEqual([]);
    await lock.release();
  });

  test("sends the token once, saves what came back, and leaves nothing behind", async () => {
    begin();
    const got = await refresh();
    const now = stored();
    expect(got).toMatchObject({ how: "refreshed", access: now.access, expires: now.expires, credential: now });
    expect(now).toMatchObject({ type: "oauth", extra: { kept: true } });
    expect(now.expires).toBeGreaterThan(Date.now() + 3_500_000);
    expect(now.refresh).not.toBe(login.refresh);
    expect(server.posts).toEqual([login.refresh]);
    expect(modeOf(place.target)).toBe(0o600);
    expect(namesIn(place)).toEqual(["data.json"]);
    expect(await refresh()).toMatchObject({ how: "fresh", access: now.access });
  });

  test("of many callers at once makes one request", async () => {
    begin();
    const results = await Promise.all(Array.from({ length: 20 }, () => refresh()));
    expect(new Set(results.map(({ access }) => access)).size).toBe(1);
    expect(results.filter(({ how }) => how === "refreshed")).toHaveLength(1);
    expect(server.posts).toHaveLength(1);
    expect(server.isAlive()).toBe(true);
  });

  test("of a token that lives for less than the margin is adopted by every waiter", async () => {
    begin();
    server.plans = [{ body: { expires_in: 60 } }];
    const results = await Promise.all(Array.from({ length: 5 }, () => refresh()));
    expect(new Set(results.map(({ access }) => access)).size).toBe(1);
    expect(server.posts).toHaveLength(1);
  });

  test("is made for an access token that was rejected, although it looks fresh", async () => {
    begin({ expires: Date.now() + 600_000 });
    expect(await refresh({ rejected: "another" })).toMatchObject({ how: "fresh" });
    expect(await refresh({ rejected: login.access })).toMatchObject({ how: "refreshed" });
    expect(await refresh({ rejected: login.access })).toMatchObject({ how: "fresh" });
    expect(server.posts).toHaveLength(1);
  });

  test("takes its locks in order, and releases them in reverse order", async () => {
    begin();
    const targets = ["one", "two"].map((name) => join(place.directory, name));
    const seen: string[] = [];
    const spent = async (...given: Parameters<RefreshFunction>) => {
      seen.push(...namesIn(place).filter((name) => name.endsWith(".lock")));
      return endpoint()(...given);
    };
    const released: string[] = [];
    setPointHook((point) => {
      if (point === "release:unlinked")
        released.push(
          namesIn(place)
            .filter((name) => name.endsWith(".lock"))
            .join(),
        );
    });
    await refresh({ locks: targets, refresh: spent });
    expect(seen).toEqual(["data.json.lock", "one.lock", "two.lock"]);
    expect(released).toEqual(["one.lock,two.lock", "one.lock", ""]);
  });

  test("publishes a private intent without a token before it sends, and removes it after it has saved", async () => {
    begin();
    const path = intentOf(stored());
    let text = "";
    await refresh({
      refresh: async (request) => {
        expect(modeOf(path)).toBe(0o600);
        text = readFileSync(path, "utf8");
        return endpoint()(request);
      },
    });
    const { generation, state, pid, token } = JSON.parse(text);
    expect([generation, state, pid]).toEqual([generationOf({ ...login }), "sent", process.pid]);
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    expect(Object.keys(JSON.parse(text)).slice(-2)).toEqual(["generation", "state"]);
    expect(text).not.toContain("SECRET");
    expect(existsSync(path)).toBe(false);
  });

  test("from within a refresh of the same login is refused", async () => {
    begin();
    let inner: unknown;
    await refresh({
      refresh: async (request) => {
        inner = await refresh().catch((error: unknown) => error);
        return endpoint()(request);
      },
    });
    expect(isFileLockError(inner) && inner.code).toBe("file_lock_reentrant");
  });

  test("with wrong options is refused before anything is touched", async () => {
    begin();
    const wrong = [
      { refresh: 5 },
      { isFresh: 5 },
      { rejected: 5 },
      { resend: "always" },
      { callTimeoutMs: -1 },
      { timeoutMs: Number.NaN },
      { at: "x" },
      { store: "" },
      { locks: [""] },
      { intents: "" },
    ];
    for (const options of wrong) {
      const error = await refresh(options as never).catch((thrown: unknown) => thrown);
      expect(isFileLockError(error) && error.code).toBe("file_lock_invalid_option");
    }
    expect(server.posts).toEqual([]);
  });

  test.each([
    ["no such credential", { version: 1, profiles: {} }],
    ["no object", { profiles: { x: "text" } }],
    ["no refresh token", { profiles: { x: { access: "a", expires: 1 } } }],
    ["a blank refresh token", { profiles: { x: { access: "a", refresh: " ", expires: 1 } } }],
    ["a token with NUL in it", { profiles: { x: { access: "a", refresh: "r\0", expires: 1 } } }],
  ])("of %s is unavailable", async (_what, content) => {
    writeFileSync(place.target, JSON.stringify(content));
    expect(await refusal(() => refresh())).toMatchObject({ code: "refresh_unavailable" });
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("of a store that is missing or torn is the store's own code", async () => {
    await expect(refresh()).rejects.toMatchObject({ code: "store_missing" });
    writeFileSync(place.target, "{");
    await expect(refresh()).rejects.toMatchObject({ code: "store_invalid", kind: "torn" });
  });
});

describe("a waiter", () => {
  test("adopts what appears while the lock is never let go", async () => {
    begin();
    const lock = await acquireFileLock(place.target);
    const fresh = { access: "theirs", refresh: "r", expires: Date.now() + 3_600_000 };
    const got = await refresh({ onWait: () => setImmediate(() => store(fresh)) });
    expect(got).toMatchObject({ how: "adopted", access: "theirs" });
    expect(lock.verify()).toBe(true);
    expect(server.posts).toEqual([]);
    await lock.release();
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("that waits for the second lock lets the first one go when it adopts", async () => {
    begin();
    const [one, two] = ["one", "two"].map((name) => join(place.directory, name)) as [string, string];
    const lock = await acquireFileLock(two);
    const fresh = { access: "theirs", expires: Date.now() + 3_600_000 };
    await refresh({ locks: [one, two], onWait: () => setImmediate(() => store(fresh)) });
    expect(namesIn(place)).toEqual(["data.json", "two.lock"]);
    await lock.release();
  });

  test("that gives up never refreshes, and names the holder", async () => {
    begin();
    const lock = await acquireFileLock(place.target);
    const error = await refusal(() => refresh({ timeoutMs: 30 }));
    expect(error).toMatchObject({ code: "refresh_contention", holder: { pid: process.pid, verdict: "held" } });
    expect(error.message).toContain(`pid ${process.pid}`);
    expect(isFileLockError(error.cause) && error.cause.code).toBe("file_lock_timeout");
    expect(error.waitedMs).toBeGreaterThanOrEqual(30);
    expect(server.posts).toEqual([]);
    await lock.release();
  });

  test.runIf(process.getuid?.() === 0)("passes on what is wrong with a lock, if nobody else has it", async () => {
    begin();
    const nobody = 65_534;
    for (const path of [place.target, place.directory]) chownSync(path, nobody, nobody);
    writeFileSync(place.lockPath, payloadOf(process.pid));
    const onWait = () => {
      rmSync(place.lockPath);
      chmodSync(place.directory, 0o555);
    };
    const { geteuid, seteuid } = process as Required<typeof process>;
    const root = geteuid();
    seteuid(nobody);
    try {
      const error: unknown = await refresh({ onWait }).catch((thrown: unknown) => thrown);
      expect(isFileLockError(error) && error).toMatchObject({ code: "file_lock_permission" });
      expect(isFileLockError(error) && error.waitedMs).toBeGreaterThan(0);
    } finally {
      seteuid(root);
    }
    expect(server.posts).toEqual([]);
  });

  test("that is cancelled ends with the reason", async () => {
    begin();
    const lock = await acquireFileLock(place.target);
    const controller = new AbortController();
    const onWait = () => setImmediate(() => controller.abort(new Error("cancelled")));
    await expect(refresh({ signal: controller.signal, onWait })).rejects.toThrow("cancelled");
    await lock.release();
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("takes no torn store for an answer, nor for an end", async () => {
    begin();
    const lock = await acquireFileLock(place.target);
    const whole = readFileSync(place.target, "utf8");
    const got = await refresh({
      onWait: () => {
        writeFileSync(place.target, whole.slice(0, 40));
        setTimeout(() => store({ access: "theirs", expires: Date.now() + 3_600_000 }), 20);
      },
    });
    expect(got.access).toBe("theirs");
    await lock.release();
  });
});

describe("an intent", () => {
  test("of a living maker is waited for, adopting", async () => {
    begin();
    intent(payloadOf(process.ppid));
    const fresh = { access: "theirs", expires: Date.now() + 3_600_000 };
    const got = await refresh({ onWait: () => setImmediate(() => store(fresh)) });
    expect(got).toMatchObject({ how: "adopted", access: "theirs" });
    expect(server.posts).toEqual([]);
  });

  test("of a living maker is contention when the wait ends, and no lock is held meanwhile", async () => {
    begin();
    intent(payloadOf(process.ppid));
    let names: string[] = [];
    const onWait = () => {
      names = namesIn(place);
    };
    const error = await refusal(() => refresh({ timeoutMs: 40, onWait }));
    expect(error).toMatchObject({ code: "refresh_contention", intent: intentOf(stored()) });
    expect(error.holder?.pid).toBe(process.ppid);
    expect(names.filter((name) => name.endsWith(".lock"))).toEqual([]);
    expect(server.posts).toEqual([]);
  });

  test("that goes while it is waited for is no obstacle any more", async () => {
    begin();
    intent(payloadOf(process.ppid));
    const path = intentOf(stored());
    const got = await refresh({ onWait: () => setImmediate(() => rmSync(path)) });
    expect(got.how).toBe("refreshed");
  });

  test.each([
    ["sent by a dead maker", "refresh_outcome_unknown", () => intent(deadPayload())],
    [
      "unknown, of a living maker",
      "refresh_outcome_unknown",
      () => intent(payloadOf(process.ppid), { state: "unknown" }),
    ],
    [
      "rejected",
      "refresh_rejected",
      () => intent(payloadOf(process.ppid), { state: "rejected", reason: "invalid_grant" }),
    ],
    ["empty", "refresh_outcome_unknown", () => writeFileSync(intentOf(stored()), "")],
    ["no JSON", "refresh_outcome_unknown", () => writeFileSync(intentOf(stored()), "x")],
    ["of no known state", "refresh_outcome_unknown", () => intent(deadPayload(), { state: "new" })],
    [
      "of another generation by its content",
      "refresh_outcome_unknown",
      () => intent(deadPayload(), { generation: "0" }),
    ],
  ])("that is %s keeps the token from being sent: %s", async (_what, code, make) => {
    begin();
    make();
    const before = readFileSync(intentOf(stored()));
    const error = await refusal(() => refresh());
    expect(error).toMatchObject({ code, intent: intentOf(stored()) });
    expectNoSecret(error);
    expect(server.posts).toEqual([]);
    expect(readFileSync(intentOf(stored()))).toEqual(before);
    expect(namesIn(place).filter((name) => name.endsWith(".lock"))).toEqual([]);
  });

  test("and its guard name the witness of their maker", async () => {
    begin();
    intent(deadPayload());
    const witnesses: unknown[] = [];
    const look = (path: string) => witnesses.push(JSON.parse(readFileSync(path, "utf8")).witness);
    setPointHook((reached) => {
      if (reached === "reclaim:guarded") look(`${intentOf(stored())}.reclaim`);
      if (reached === "refresh:verified") look(intentOf(stored()));
    });
    expect(await refresh({ resend: "if-dead", witness: "always" })).toMatchObject({ how: "refreshed" });
    expect(witnesses).toEqual(Array(2).fill(expect.stringMatching(/^\.openclaw-lock-[0-9a-f]{16}\.sock$/)));
  });

  test("that is rejected names the provider's reason", async () => {
    begin();
    intent(deadPayload(), { state: "rejected", reason: "invalid_grant" });
    expect((await refusal(() => refresh())).message).toContain("invalid_grant");
  });

  test.each(["sent", "rejected", "unknown"])(
    "of a dead maker that is %s is replaced where resending is allowed",
    async (s) => {
      begin();
      intent(deadPayload(), { state: s });
      expect(await refresh({ resend: "if-dead" })).toMatchObject({ how: "refreshed" });
      expect(server.posts).toEqual([login.refresh]);
      expect(namesIn(place)).toEqual(["data.json"]);
    },
  );

  test("that is unknown is replaced though its maker lives; one that is rejected or sent is not", async () => {
    begin();
    intent(payloadOf(process.ppid), { state: "unknown" });
    expect(await refresh({ resend: "if-dead" })).toMatchObject({ how: "refreshed" });
    begin();
    intent(payloadOf(process.ppid), { state: "rejected" });
    expect(await refusal(() => refresh({ resend: "if-dead" }))).toMatchObject({ code: "refresh_rejected" });
    begin();
    intent(payloadOf(process.ppid));
    expect(await refusal(() => refresh({ resend: "if-dead", timeoutMs: 20 }))).toMatchObject({
      code: "refresh_contention",
    });
    expect(server.posts).toHaveLength(1);
  });

  test("is replaced without ever being gone, under a guard", async () => {
    begin();
    intent(deadPayload());
    const path = intentOf(stored());
    const seen: (string | undefined)[] = [];
    setPointHook((point) => {
      if (point.startsWith("reclaim:")) seen.push(`${existsSync(path)} ${existsSync(`${path}.reclaim`)}`);
    });
    await refresh({ resend: "if-dead" });
    expect(seen).toEqual(["true false", "true true", "true true"]);
  });

  test("that replaced another is never removed as if nothing had been sent", async () => {
    begin();
    intent(deadPayload());
    const notSent = () => Promise.reject(new RefreshNotSent("no route"));
    expect(await refusal(() => refresh({ resend: "if-dead", refresh: notSent }))).toMatchObject({
      code: "refresh_failed",
    });
    expect(JSON.parse(readFileSync(intentOf(stored()), "utf8"))).toMatchObject({ state: "unknown", pid: process.pid });
    expect(await refusal(() => refresh())).toMatchObject({ code: "refresh_outcome_unknown" });
    expect(server.posts).toEqual([]);
  });

  test("that somebody else has made after the look is not passed over", async () => {
    begin();
    const path = intentOf(stored());
    let times = 0;
    atPoint("refresh:locked", () => {
      times++;
      intent(payloadOf(process.ppid));
    });
    expect(await refusal(() => refresh({ timeoutMs: 30 }))).toMatchObject({ code: "refresh_contention", intent: path });
    expect([times, server.posts.length]).toEqual([1, 0]);
  });
});

describe("before it sends", () => {
  test("a refresh that has lost its locks takes its intent back, and begins again", async () => {
    begin();
    atPoint("refresh:intended", () => rmSync(place.lockPath));
    expect(await refresh()).toMatchObject({ how: "refreshed" });
    expect(server.posts).toHaveLength(1);
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("a refresh that finds another generation takes its intent back, and adopts or refreshes that", async () => {
    begin();
    const path = intentOf(stored());
    atPoint("refresh:intended", () => store({ access: "theirs", expires: Date.now() + 3_600_000 }));
    expect(await refresh()).toMatchObject({ how: "adopted", access: "theirs" });
    expect(existsSync(path)).toBe(false);
    expect(server.posts).toEqual([]);
  });

  test("a store that cannot be replaced ends it", async () => {
    begin();
    linkSync(place.target, join(place.directory, "other"));
    await expect(refresh()).rejects.toMatchObject({ code: "store_unsupported", kind: "hard-link" });
    expect(server.posts).toEqual([]);
    expect(namesIn(place)).toEqual(["data.json", "other"]);
  });

  test("room for the result is there", async () => {
    begin();
    let size = 0;
    await refresh({
      refresh: async (request) => {
        const name = namesIn(place).find((found) => found.startsWith(".openclaw-store-"))!;
        size = statSync(join(place.directory, name)).size;
        expect(modeOf(join(place.directory, name))).toBe(0o600);
        return endpoint()(request);
      },
    });
    expect(size).toBeGreaterThan(65_536);
  });

  test("an interrupt leaves no intent", async () => {
    for (const point of ["refresh:locked", "refresh:intended"] as const) {
      begin();
      atPoint(point, () => {
        throw new Error("interrupted");
      });
      await expect(refresh()).rejects.toThrow("interrupted");
      expect(namesIn(place)).toEqual(["data.json"]);
    }
    expect(server.posts).toEqual([]);
  });
});

describe("an answer", () => {
  test("is saved although the caller has cancelled, and its time is over", async () => {
    begin();
    server.plans = [{ hold: "after" }];
    const controller = new AbortController();
    const running = refresh({ signal: controller.signal, timeoutMs: 0 });
    await server.posted(1);
    controller.abort(new Error("cancelled"));
    server.release();
    expect(await running).toMatchObject({ how: "refreshed" });
    expect(stored().refresh).not.toBe(login.refresh);
  });

  test("is saved under locks that are taken again, when they were lost", async () => {
    begin();
    atPoint("refresh:answered", () => rmSync(place.lockPath));
    expect(await refresh()).toMatchObject({ how: "refreshed" });
    expect(stored().refresh).not.toBe(login.refresh);
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("is saved over a store in which something else was changed meanwhile", async () => {
    begin();
    for (const point of ["refresh:answered", "store:written"] as const) {
      atPoint(point, () => {
        const all = JSON.parse(readFileSync(place.target, "utf8"));
        writeFileSync(place.target, JSON.stringify({ ...all, added: point }));
      });
      const { access } = await refresh({ rejected: stored().access });
      expect(JSON.parse(readFileSync(place.target, "utf8"))).toMatchObject({
        added: point,
        profiles: { x: { access } },
      });
    }
  });

  test("never replaces a credential that is another by now: a fresh one is adopted", async () => {
    begin();
    const theirs = { access: "theirs", refresh: "their-refresh", expires: Date.now() + 3_600_000 };
    atPoint("refresh:answered", () => store(theirs));
    expect(await refresh()).toMatchObject({ how: "adopted", access: "theirs" });
    expect(stored()).toMatchObject(theirs);
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("that meets another credential which is not fresh, or none, is handed back", async () => {
    for (const change of [
      () => store({ access: "theirs", refresh: "r", expires: 5 }),
      () => writeFileSync(place.target, '{"profiles":{}}'),
      () => rmSync(place.target),
    ]) {
      begin();
      atPoint("refresh:answered", change);
      const error = await refusal(() => refresh());
      expect(error.code).toBe("refresh_not_saved");
      expect(error.credential()).toMatchObject({ type: "oauth", access: expect.stringContaining("access-SECRET") });
      expect(error.credential()?.["refresh"]).not.toBe(login.refresh);
      expectNoSecret(error);
      expect(namesIn(place).filter((name) => name.endsWith(".lock") || name.endsWith(".tmp"))).toEqual([]);
      for (const name of namesIn(place)) if (name.startsWith(".openclaw-refresh-")) rmSync(join(place.directory, name));
    }
  });

  test("is saved although the room reserved for it was swept", async () => {
    begin();
    atPoint("refresh:answered", () => {
      for (const name of namesIn(place)) if (name.startsWith(".openclaw-store-")) rmSync(join(place.directory, name));
    });
    expect(await refresh()).toMatchObject({ how: "refreshed", access: stored().access });
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("that could not be saved can be saved later, once or twice, and the intent goes then", async () => {
    begin();
    const whole = readFileSync(place.target, "utf8");
    const intended = intentOf(stored());
    atPoint("refresh:answered", () => writeFileSync(place.target, "garbage"));
    const error = await refusal(() => refresh());
    expect(error).toMatchObject({ code: "refresh_not_saved", intent: intended, cause: { code: "store_invalid" } });
    expect(existsSync(intended)).toBe(true);
    expect(await refusal(() => error.retrySave())).toMatchObject({ code: "refresh_not_saved" });
    writeFileSync(place.target, whole);
    const [one, two] = await Promise.all([error.retrySave(), error.retrySave()]);
    expect(one).toMatchObject({ how: "refreshed", access: error.credential()?.["access"] });
    expect(two).toEqual(one);
    expect(await error.retrySave()).toEqual(one);
    expect(stored()).toMatchObject({ access: one.access, extra: { kept: true } });
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("for another account is handed back, and not saved", async () => {
    begin({ accountId: "mine", email: "a@example.com" });
    const before = readFileSync(place.target);
    server.plans = [{ body: { account_id: "theirs", email: "a@example.com" } }];
    const error = await refusal(() => refresh());
    expect(error.code).toBe("refresh_identity");
    expect(error.credential()).toMatchObject({ accountId: "theirs" });
    expect(await refusal(() => error.retrySave())).toBe(error);
    expectNoSecret(error);
    expect(readFileSync(place.target)).toEqual(before);
  });

  test("of a provider that does not rotate takes the intent away before it is saved", async () => {
    begin();
    const path = intentOf(stored());
    let isThere = true;
    atPoint("store:written", () => {
      isThere = existsSync(path);
    });
    const same = async () => ({ access_token: login.access, refresh_token: login.refresh, expires_in: 3600 });
    expect(await refresh({ refresh: same })).toMatchObject({ how: "refreshed", access: login.access });
    expect(isThere).toBe(false);
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("without an access token leaves the outcome unknown", async () => {
    begin();
    const error = await refusal(() => refresh({ refresh: async () => ({ token_type: "bearer" }) as never }));
    expect(error).toMatchObject({ code: "refresh_outcome_unknown", intent: intentOf(stored()) });
    expect(JSON.parse(readFileSync(error.intent!, "utf8"))).toMatchObject({ state: "unknown" });
    expect(stored().refresh).toBe(login.refresh);
  });
});

describe("a failure", () => {
  test("that was not sent takes the intent back: it can be tried again", async () => {
    begin();
    const none = tokenEndpoint({ url: "http://127.0.0.1:9/token", clientId: "script" });
    const error = await refusal(() => refresh({ refresh: none }));
    expect(error).toMatchObject({ code: "refresh_failed" });
    expect(error.message).toContain("ECONNREFUSED");
    expect(namesIn(place)).toEqual(["data.json"]);
    for (const plan of [
      { status: 429 },
      { status: 503, headers: { "retry-after": "1" } },
      { status: 401, body: { error: "invalid_client" } },
    ]) {
      server.plans = [plan];
      expect(await refusal(() => refresh())).toMatchObject({ code: "refresh_failed" });
    }
    expect(await refresh()).toMatchObject({ how: "refreshed" });
  });

  test.each<[string, object]>([
    ["a 500", { status: 500 }],
    ["a 503 of somebody between", { status: 503 }],
    ["a redirect", { status: 307, headers: { location: "/token" } }],
    ["an unknown error", { status: 400, body: { error: "server_error" } }],
    ["no JSON", { status: 200, body: "refresh-SECRET-9999" }],
    ["a connection that was cut before", { drop: "before" }],
    ["a connection that was cut after", { drop: "after" }],
  ])("such as %s leaves the outcome unknown, and the token is not sent again", async (_what, plan) => {
    begin();
    server.plans = [plan];
    const error = await refusal(() => refresh());
    expect(error).toMatchObject({ code: "refresh_outcome_unknown", intent: intentOf(stored()) });
    expect(error.message).toContain("resend");
    expectNoSecret(error);
    expect(JSON.parse(readFileSync(error.intent!, "utf8"))).toMatchObject({ state: "unknown" });
    expect(await refusal(() => refresh())).toMatchObject({ code: "refresh_outcome_unknown" });
    expect(server.posts).toEqual([login.refresh]);
    expect(namesIn(place)).toHaveLength(2);
  });

  test("that is the provider's no is remembered, and nothing is wiped", async () => {
    begin();
    const before = readFileSync(place.target);
    server.plans = [{ status: 400, body: { error: "invalid_grant" } }];
    const error = await refusal(() => refresh());
    expect(error).toMatchObject({ code: "refresh_rejected", reason: "invalid_grant", intent: intentOf(stored()) });
    expect(JSON.parse(readFileSync(error.intent!, "utf8"))).toMatchObject({
      state: "rejected",
      reason: "invalid_grant",
    });
    expect(modeOf(error.intent!)).toBe(0o600);
    expect(await refusal(() => refresh())).toMatchObject({ code: "refresh_rejected", reason: "invalid_grant" });
    expect(server.posts).toHaveLength(1);
    expect(readFileSync(place.target)).toEqual(before);
    login = server.login();
    store();
    expect(await refresh()).toMatchObject({ how: "refreshed" });
  });

  test("that is a no is none when somebody else has a fresh credential by then", async () => {
    begin();
    server.plans = [{ status: 400, body: { error: "invalid_grant" } }];
    atPoint("refresh:answered", () => {
      rmSync(place.lockPath);
      store({ access: "theirs", expires: Date.now() + 3_600_000 });
    });
    expect(await refresh()).toMatchObject({ how: "adopted", access: "theirs" });
    expect(stored().access).toBe("theirs");
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("that is a no begins again, once, with another credential that is not fresh", async () => {
    begin();
    const second = server.login();
    server.plans = [{ status: 400, body: { error: "invalid_grant" } }];
    atPoint("refresh:answered", () => store({ ...second, expires: 7 }));
    expect(await refresh()).toMatchObject({ how: "refreshed" });
    expect(server.posts).toEqual([login.refresh, second.refresh]);
    expect(namesIn(place)).toEqual(["data.json"]);
    begin();
    const [third, fourth] = [server.login(), server.login()];
    const next = [third, fourth];
    const reject = async () => {
      store({ ...next.shift(), expires: 7 });
      throw new RefreshRejected();
    };
    expect(await refusal(() => refresh({ refresh: reject }))).toMatchObject({ code: "refresh_rejected" });
    expect(next).toEqual([]);
  });

  test("tells its message alone, without a token", async () => {
    begin();
    const { access, refresh: token } = login;
    const leaks = [
      `bad token ${token}`,
      `bad token ${token.slice(0, 20)}...`,
      `bad token ...${token.slice(-12)}`,
      `url ?refresh_token=${encodeURIComponent(token)}&x=1 and ${JSON.stringify({ access })}`,
      `{"access_token":"new-SECRET","refresh_token":"other-SECRET"}`,
      "Authorization: Bearer SECRETSECRET",
    ];
    for (const leak of leaks) {
      for (const Kind of [Error, RefreshNotSent, SyntaxError]) {
        const fail = () =>
          Promise.reject(Object.assign(new Kind(`${leak} here`), { request: { body: token }, cause: access }));
        const error = await refusal(() => refresh({ refresh: fail }));
        expectNoSecret(error);
        expect(error.message).not.toContain(token.slice(0, 8));
        rmSync(intentOf(stored()), { force: true });
      }
    }
    const odd = await refusal(() => refresh({ refresh: () => Promise.reject(new RefreshRejected(`${token}!`)) }));
    expect(odd.reason).toBe("other");
  });

  test("thrown at once, or that is no error, is unknown like any other", async () => {
    for (const fail of [
      () => {
        throw new Error("at once");
      },
      () => Promise.reject(undefined),
      () => Promise.reject("text"),
    ]) {
      begin();
      const error = await refusal(() => refresh({ refresh: fail as RefreshFunction }));
      expect(error.code).toBe("refresh_outcome_unknown");
    }
  });
});

describe("a refresh function that takes too long", () => {
  test("is told to stop, and is not sent if it says so", async () => {
    begin();
    const patient: RefreshFunction = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new RefreshNotSent("stopped")));
      });
    expect(await refusal(() => refresh({ refresh: patient, callTimeoutMs: 20 }))).toMatchObject({
      code: "refresh_failed",
    });
  });

  test("is told to stop, and is unknown if the request was under way", async () => {
    begin();
    server.plans = [{ hold: "after" }];
    expect(await refusal(() => refresh({ callTimeoutMs: 100 }))).toMatchObject({ code: "refresh_outcome_unknown" });
    expect(JSON.parse(readFileSync(intentOf(stored()), "utf8"))).toMatchObject({ state: "unknown" });
  });
});

describe("a refresh function that is given up", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Does not stop when it is told to; ends when the test says so. */
  async function giveUp() {
    begin();
    let end = (_answer: Promise<object>) => {};
    const deaf: RefreshFunction = () => new Promise((resolve) => (end = resolve as never));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const refused = refusal(() => refresh({ refresh: deaf, callTimeoutMs: 1000 }));
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
    await vi.advanceTimersByTimeAsync(1000);
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    const error = await refused;
    expect(error).toMatchObject({ code: "refresh_outcome_unknown", intent: intentOf(stored()) });
    return { end, path: error.intent! };
  }

  test("leaves its intent as sent, since it may still send, and no lock", async () => {
    const { path } = await giveUp();
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ state: "sent" });
    expect(namesIn(place)).toHaveLength(2);
    expect(await refusal(() => refresh({ timeoutMs: 0 }))).toMatchObject({ code: "refresh_contention" });
  });

  test("has its answer saved when that still comes", async () => {
    const { end } = await giveUp();
    end(Promise.resolve({ access_token: "late", refresh_token: "later" }));
    await vi.waitFor(() => expect(namesIn(place)).toEqual(["data.json"]));
    expect(stored()).toMatchObject({ access: "late", refresh: "later", extra: { kept: true } });
  });

  test.each<[Error, string]>([
    [new Error("reset"), "unknown"],
    [new RefreshRejected(), "rejected"],
  ])("says what has become of it when that is known: %s", async (error, state) => {
    const { end, path } = await giveUp();
    end(Promise.reject(error));
    await vi.waitFor(() => expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ state }));
    expect(stored().access).toBe(login.access);
  });

  test("leaves no intent when another credential is stored by then", async () => {
    const { end } = await giveUp();
    store({ access: "theirs", refresh: "r", expires: 5 });
    end(Promise.reject(new RefreshRejected()));
    await vi.waitFor(() => expect(namesIn(place)).toEqual(["data.json"]));
    expect(stored().access).toBe("theirs");
  });
});

describe("refreshOnce", () => {
  function ground(value: Record<string, unknown>) {
    const state = { value, saves: 0 };
    return {
      state,
      options: {
        locks: [place.target],
        read: async () => state.value as never,
        save: async (credential: object) => {
          state.value = credential as never;
          state.saves++;
        },
        refresh: endpoint(),
      },
    };
  }

  test("refreshes what the caller keeps, under the caller's locks", async () => {
    login = server.login();
    const { state, options } = ground({ ...login, expires: 1, more: 5 });
    const results = await Promise.all(Array.from({ length: 5 }, () => refreshOnce(options)));
    expect(new Set(results.map(({ access }) => access)).size).toBe(1);
    expect(state.value).toMatchObject({ more: 5, access: results[0]!.access });
    expect([server.posts.length, state.saves]).toEqual([1, 1]);
    expect(namesIn(place)).toEqual([]);
  });

  test("sends nothing when it cannot be prepared, and hands back what cannot be saved, without its error", async () => {
    login = server.login();
    const { options } = ground({ ...login, expires: 1 });
    const prepare = () => Promise.reject(new Error("disk full"));
    await expect(refreshOnce({ ...options, prepare })).rejects.toThrow("disk full");
    expect(server.posts).toEqual([]);
    const save = (credential: object) => Promise.reject(new Error(`cannot save ${JSON.stringify(credential)}`));
    const error = await refusal(() => refreshOnce({ ...options, save }));
    expect(error.code).toBe("refresh_not_saved");
    expectNoSecret(error);
    expect(error.credential()).toMatchObject({ access: expect.any(String) });
  });

  test("with wrong options is refused", async () => {
    const { options } = ground({});
    for (const wrong of [undefined, { ...options, locks: [] }, { ...options, read: 5 }, { ...options, save: 5 }]) {
      const error = await refreshOnce(wrong as never).catch((thrown: unknown) => thrown);
      expect(isFileLockError(error) && error.code).toBe("file_lock_invalid_option");
    }
  });
});
