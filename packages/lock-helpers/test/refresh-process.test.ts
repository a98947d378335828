import { readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { generationOf } from "../src/oauth/generation.js";
import { refreshStored, tokenEndpoint } from "../src/oauth.js";
import { intentPath } from "../src/paths.js";
import { sweepLeftovers } from "../src/tools.js";
import { dist, start } from "./children.js";
import { startDriver } from "./drivers.js";
import { type Login, useOAuthServer } from "./oauth-server.js";
import { namesIn, usePlace } from "./support.js";

const place = usePlace();
const server = useOAuthServer();
const OAUTH = new URL("../dist/esm/oauth.js", import.meta.url).href;
let login: Login;

function store(more: object = {}): void {
  writeFileSync(place.target, JSON.stringify({ x: { ...login, expires: Date.now() - 1000, ...more } }));
}

function begin(): void {
  login = server.login();
  store();
}

const stored = () => JSON.parse(readFileSync(place.target, "utf8")).x;
const fields = (more: object = {}) => ({
  store: place.target,
  at: ["x"],
  url: server.url,
  clientId: "script",
  ...more,
});
const here = (more: object = {}) =>
  refreshStored({
    ...{ store: place.target, at: ["x"], refresh: tokenEndpoint({ url: server.url, clientId: "script" }) },
    ...more,
  });
const stateOf = (credential: object) =>
  JSON.parse(readFileSync(intentPath(place.directory, generationOf(credential)!), "utf8")).state;

test("twenty processes make one request for each expiry", async () => {
  begin();
  const drivers = Array.from({ length: 20 }, () => startDriver());
  await Promise.all(drivers.map((driver) => driver.ask("hello", { protocol: 1 })));
  for (let round = 1; round <= 3; round++) {
    store({ access: stored().access, refresh: stored().refresh });
    const replies = await Promise.all(drivers.map((driver) => driver.ask("refresh", fields())));
    expect(new Set(replies.map((reply) => reply?.["access"]))).toEqual(new Set([stored().access]));
    expect(replies.filter((reply) => reply?.["how"] === "refreshed")).toHaveLength(1);
    expect(server.posts).toHaveLength(round);
  }
  expect(server.isAlive()).toBe(true);
  expect(namesIn(place)).toEqual(["data.json"]);
  expect(drivers.map((driver) => driver.output()).join()).not.toContain(login.refresh);
}, 60_000);

describe("killed", () => {
  const unsent = ["refresh:read", "refresh:locked"];
  const doubtful = ["refresh:intended", "refresh:verified", "refresh:answered", "store:written", "store:verified"];
  const done = ["store:renamed", "refresh:saved"];

  test.each([...unsent, ...doubtful, ...done])("at %s, no token is sent twice", async (point) => {
    begin();
    const driver = startDriver();
    await driver.ask("arm", { point, action: "kill" });
    expect(await driver.ask("refresh", fields())).toBeUndefined();
    expect(await driver.ended).toBe("SIGKILL");
    const next = await here().catch((error: { code: string }) => error.code);
    if (doubtful.includes(point)) expect(next).toBe("refresh_outcome_unknown");
    else expect(next).toMatchObject({ how: done.includes(point) ? "fresh" : "refreshed", access: stored().access });
    expect(server.posts.length).toBeLessThanOrEqual(1);
    expect(new Set(server.posts).size).toBe(server.posts.length);
    expect(namesIn(place).filter((name) => name.endsWith(".lock"))).toHaveLength(done.includes(point) ? 1 : 0);
  });

  test("between intent and request, the token may be sent by whoever takes the risk", async () => {
    begin();
    const driver = startDriver();
    await driver.ask("arm", { point: "refresh:verified", action: "kill" });
    await driver.ask("refresh", fields());
    expect(await here({ resend: "if-dead" })).toMatchObject({ how: "refreshed" });
    expect(server.posts).toEqual([login.refresh]);
  });

  test("while it replaces an intent, that intent still says that the token was sent", async () => {
    begin();
    const first = startDriver();
    await first.ask("arm", { point: "refresh:verified", action: "kill" });
    await first.ask("refresh", fields());
    const second = startDriver();
    await second.ask("arm", { point: "reclaim:guarded", action: "kill", nth: 2 });
    await second.ask("refresh", fields({ resend: "if-dead" }));
    expect(await second.ended).toBe("SIGKILL");
    expect(stateOf(login)).toBe("sent");
    expect(namesIn(place).filter((name) => name.endsWith(".json.reclaim"))).toHaveLength(1);
    expect(await here({ resend: "if-dead" })).toMatchObject({ how: "refreshed" });
    expect(server.posts).toEqual([login.refresh]);
  });

  test("in a container, its death is seen from another one", async () => {
    begin();
    const unshare = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
    const container = [...unshare, "sh", "-c", '"$@"; exit 0', "sh"];
    const first = startDriver(container);
    await first.ask("arm", { point: "refresh:verified", action: "kill" });
    await first.ask("refresh", fields({ options: { witness: "auto" } }));
    await first.ended;
    // Its witness is all that tells it: it is not swept while the intent names it.
    const witness = namesIn(place).find((name) => name.endsWith(".sock"))!;
    const longAgo = Date.now() / 1000 - 60;
    utimesSync(join(place.directory, witness), longAgo, longAgo);
    expect(await sweepLeftovers(place.directory)).toEqual([]);
    const second = startDriver(container);
    const reply = await second.ask("refresh", fields({ options: { timeoutMs: 0 } }));
    expect(reply?.["code"]).toBe("refresh_outcome_unknown");
  });
});

describe("stopped about to send, with its lock lost", () => {
  test("nobody else sends; it sends when it goes on, once", async () => {
    begin();
    const driver = startDriver();
    await driver.ask("arm", { point: "refresh:verified", action: "stop" });
    const replying = driver.ask("refresh", fields());
    await driver.reached();
    rmSync(place.lockPath);
    await expect(here({ timeoutMs: 200 })).rejects.toMatchObject({ code: "refresh_contention" });
    expect(server.posts).toEqual([]);
    driver.process.kill("SIGCONT");
    expect(await replying).toMatchObject({ status: "ok", how: "refreshed", access: stored().access });
    expect(server.posts).toEqual([login.refresh]);
    expect(namesIn(place)).toEqual(["data.json"]);
  });
});

describe("a signal", () => {
  const script = (before = "") => `
    import { refreshStored, tokenEndpoint } from ${JSON.stringify(OAUTH)};
    ${before}
    const { how } = await refreshStored({
      store: ${JSON.stringify(place.target)}, at: ["x"],
      refresh: tokenEndpoint({ url: ${JSON.stringify(server.url)}, clientId: "script" }),
    });
    console.log(how);
    setInterval(() => {}, 1000);
  `;

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s takes effect when the answer is saved", async (signal) => {
    begin();
    server.plans = [{ hold: "after" }];
    const child = start(script());
    await server.posted(1);
    const ended = new Promise((resolve) => child.process.on("exit", (_code, by) => resolve(by)));
    child.process.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(child.process.exitCode ?? child.process.signalCode).toBeNull();
    server.release();
    expect(await ended).toBe(signal);
    expect(stored().refresh).not.toBe(login.refresh);
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("of the same kind twice takes effect at once", async () => {
    begin();
    server.plans = [{ hold: "after" }];
    const child = start(script());
    await server.posted(1);
    const ended = new Promise((resolve) => child.process.on("exit", (_code, by) => resolve(by)));
    const again = setInterval(() => child.process.kill("SIGTERM"), 50);
    expect(await ended).toBe("SIGTERM");
    clearInterval(again);
    expect(stored().refresh).toBe(login.refresh);
    expect(stateOf(login)).toBe("sent");
    server.release();
  });

  test("that the program handles is the program's", async () => {
    begin();
    server.plans = [{ hold: "after" }];
    const child = start(script(`process.on("SIGTERM", () => { console.log("mine"); process.exit(7); });`));
    await server.posted(1);
    const ended = new Promise((resolve) => child.process.on("exit", resolve));
    child.process.kill("SIGTERM");
    expect(await child.line()).toBe("mine");
    expect(await ended).toBe(7);
    // What was sent is not forgotten at the exit.
    expect(stateOf(login)).toBe("sent");
    expect(namesIn(place).filter((name) => name.endsWith(".lock") || name.endsWith(".tmp"))).toEqual([]);
    server.release();
  });

  test("before the request ends the process as ever", async () => {
    begin();
    const holder = start(`
      import { acquireFileLock } from ${JSON.stringify(new URL("../dist/esm/index.js", import.meta.url).href)};
      await acquireFileLock(${JSON.stringify(place.target)});
      console.log("held");
      setInterval(() => {}, 1000);`);
    await holder.line();
    const child = start(script(`setTimeout(() => console.log("waiting"), 100);`));
    expect(await child.line()).toBe("waiting");
    await child.kill("SIGTERM");
    expect(child.process.signalCode).toBe("SIGTERM");
    expect(namesIn(place).filter((name) => name.startsWith(".openclaw-refresh-"))).toEqual([]);
  });

  test("leaves no handler behind when the refresh is over", async () => {
    begin();
    const child = start(script());
    expect(await child.line()).toBe("refreshed");
    await child.kill("SIGTERM");
    expect(child.process.signalCode).toBe("SIGTERM");
  });
});

test("what is told apart by brand works across the ESM and the CommonJS copy", async () => {
  begin();
  const child = start(`
    import { createRequire } from "node:module";
    import * as esm from ${JSON.stringify(OAUTH)};
    const cjs = createRequire(import.meta.url)(${JSON.stringify(dist("cjs/oauth.js"))});
    const refresh = () => Promise.reject(new cjs.RefreshNotSent("no"));
    await esm.refreshStored({ store: ${JSON.stringify(place.target)}, at: ["x"], refresh }).catch((error) => {
      console.log(error.code, cjs.isRefreshError(error), error instanceof cjs.RefreshError);
    });`);
  expect(await child.line()).toBe("refresh_failed true false");
});
