import { once } from "node:events";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { releaseOnSignals } from "../src/index.js";
import { BOTH, start } from "./children.js";
import { type Login, useOAuthServer } from "./oauth-server.js";
import { namesIn, payloadOf, refusalOf, usePlace } from "./support.js";

const place = usePlace();
const server = useOAuthServer();
const OAUTH = new URL("../dist/esm/oauth.js", import.meta.url).href;
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

const other = () => join(place.directory, "other.json");
const quoted = JSON.stringify;

/** Holds two locks, and does what the script says. */
const holder = (script: string) => `${BOTH}
  const lock = await esm.acquireFileLock(${quoted(place.target)});
  const second = await cjs.acquireFileLock(${quoted(other())});
  ${script}
  console.log("ready");
  setInterval(() => {}, 1000);`;

async function end(script: string, signal: NodeJS.Signals): Promise<number | string> {
  const child = start(holder(script));
  expect(await child.line()).toBe("ready");
  await child.kill(signal);
  return child.process.signalCode ?? child.process.exitCode!;
}

describe.runIf(process.platform !== "win32")("a signal", () => {
  test.each(SIGNALS)("%s releases all locks of both copies, and ends the process", async (signal) => {
    expect(await end("esm.releaseOnSignals();", signal)).toBe(signal);
    expect(namesIn(place)).toEqual([]);
  });

  test.each([
    ["asked for twice", "esm.releaseOnSignals(); cjs.releaseOnSignals();", []],
    ["asked for again", "esm.releaseOnSignals()(); esm.releaseOnSignals();", []],
    ["not asked for", "", ["data.json.lock", "other.json.lock"]],
    ["undone", "esm.releaseOnSignals(); cjs.releaseOnSignals()();", ["data.json.lock", "other.json.lock"]],
    ["another one's", "esm.releaseOnSignals({ signals: ['SIGINT'] });", ["data.json.lock", "other.json.lock"]],
  ])("that is %s ends the process all the same", async (_how, script, left) => {
    expect(await end(script, "SIGTERM")).toBe("SIGTERM");
    expect(namesIn(place)).toEqual(left);
  });

  test.each(["before", "after"])("calls a handler that was there %s, when the locks are released", async (when) => {
    const handle = `process.on("SIGTERM", (signal, number) => {
      console.log(signal, number, lock.verify(), lock.signal.reason.code, lock.signal.reason.message);
      lock.releaseSync();
      second.releaseSync();
      process.exit(7);
    });`;
    const ask = "esm.releaseOnSignals();";
    const child = start(holder(when === "before" ? handle + ask : ask + handle));
    expect(await child.line()).toBe("ready");
    child.process.kill("SIGTERM");
    const said = `file lock lost for ${place.target}: SIGTERM has released it; treat what was written since as unprotected`;
    expect(await child.line()).toBe(`SIGTERM 15 false file_lock_lost ${said}`);
    expect(await child.line()).toBeUndefined();
    if (child.process.exitCode === null) await once(child.process, "exit");
    expect(child.process.exitCode).toBe(7);
    expect(namesIn(place)).toEqual([]);
  });

  test("releases again in a program that goes on", async () => {
    const child = start(
      holder(`esm.releaseOnSignals();
      process.on("SIGTERM", () => esm.acquireFileLock(${quoted(place.target)}).then(() => console.log("held")));`),
    );
    expect(await child.line()).toBe("ready");
    for (const _round of [1, 2]) {
      child.process.kill("SIGTERM");
      expect(await child.line()).toBe("held");
    }
    await child.kill("SIGINT");
    expect(child.process.signalCode).toBe("SIGINT");
    expect(namesIn(place)).toEqual([]);
  });

  test("leaves alone what is somebody else's by now", async () => {
    const bytes = payloadOf(process.pid);
    const child = start(holder("esm.releaseOnSignals();"));
    expect(await child.line()).toBe("ready");
    writeFileSync(`${place.lockPath}.new`, bytes);
    renameSync(`${place.lockPath}.new`, place.lockPath);
    await child.kill("SIGTERM");
    expect(readFileSync(place.lockPath)).toEqual(bytes);
    expect(namesIn(place)).toEqual(["data.json.lock"]);
  });

  test("is no reason to live on, and a block can undo it", async () => {
    const child = start(`${BOTH}
      const undo = esm.releaseOnSignals();
      console.log(process.listenerCount("SIGTERM"));
      undo[Symbol.dispose ?? "call"]();
      console.log(process.listenerCount("SIGTERM"));
      esm.releaseOnSignals();`);
    expect(await child.line()).toBe("1");
    expect(await child.line()).toBe("0");
    expect(await child.line()).toBeUndefined();
  });

  test("that is unknown is refused, and so is a worker", async () => {
    expect((await refusalOf(() => releaseOnSignals({ signals: ["SIGUSR1" as "SIGINT"] }))).code).toBe(
      "file_lock_invalid_option",
    );
    const child = start(`import { Worker } from "node:worker_threads";
      const code = 'import(' + ${quoted(quoted(new URL("../dist/esm/index.js", import.meta.url).href))} + ').then(({ releaseOnSignals }) => { try { releaseOnSignals(); } catch (error) { console.log(error.code); } })';
      new Worker(code, { eval: true });`);
    expect(await child.line()).toBe("file_lock_unsupported");
  });
});

describe.runIf(process.platform !== "win32")("a signal during a refresh", () => {
  let login: Login;

  const refresher = (script: string) => {
    login = server.login();
    writeFileSync(place.target, JSON.stringify({ x: { ...login, expires: Date.now() - 1000 } }));
    server.plans = [{ hold: "after" }];
    return start(`${BOTH}
      import { refreshStored, tokenEndpoint } from ${quoted(OAUTH)};
      await esm.acquireFileLock(${quoted(other())});
      ${script}
      await refreshStored({
        store: ${quoted(place.target)}, at: ["x"],
        refresh: tokenEndpoint({ url: ${quoted(server.url)}, clientId: "script" }),
      });
      console.log("refreshed");
      setInterval(() => {}, 1000);`);
  };
  const stored = () => JSON.parse(readFileSync(place.target, "utf8")).x;

  test.each([
    ["before", "cjs.releaseOnSignals();"],
    ["in the middle of it", "setTimeout(() => cjs.releaseOnSignals(), 20);"],
  ])("lets it save first, asked for %s", async (_when, script) => {
    const child = refresher(script);
    await server.posted(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const ended = new Promise((resolve) => child.process.on("exit", (_code, by) => resolve(by)));
    child.process.kill("SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(child.process.exitCode ?? child.process.signalCode).toBeNull();
    expect(namesIn(place)).toContain("other.json.lock");
    server.release();
    expect(await ended).toBe("SIGTERM");
    expect(stored().refresh).not.toBe(login.refresh);
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("calls the program's own handler when it is saved", async () => {
    const child = refresher(`cjs.releaseOnSignals();
      const { existsSync } = await import("node:fs");
      process.once("SIGTERM", () => console.log("mine", existsSync(${quoted(`${other()}.lock`)})));`);
    await server.posted(1);
    child.process.kill("SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 100));
    server.release();
    const lines = [await child.line(), await child.line()].sort();
    expect(lines).toEqual(["mine false", "refreshed"]);
    await child.kill("SIGTERM");
    expect(child.process.signalCode).toBe("SIGTERM");
    expect(stored().refresh).not.toBe(login.refresh);
  });

  test("twice takes effect at once, and releases", async () => {
    const child = refresher("esm.releaseOnSignals();");
    await server.posted(1);
    const ended = new Promise((resolve) => child.process.on("exit", (_code, by) => resolve(by)));
    const again = setInterval(() => child.process.kill("SIGTERM"), 50);
    expect(await ended).toBe("SIGTERM");
    clearInterval(again);
    server.release();
    expect(namesIn(place).filter((name) => name.endsWith(".lock"))).toEqual([]);
    expect(stored().refresh).toBe(login.refresh);
  });
});
