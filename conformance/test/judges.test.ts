import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { judgeCounter } from "../src/engine/judge/counter.js";
import { findOverlaps, type Hold } from "../src/engine/judge/intervals.js";
import { findLeftovers } from "../src/engine/judge/leftovers.js";
import { kindOf } from "../src/engine/judge/names.js";
import { writerFault } from "../src/engine/judge/payload.js";
import { Planted } from "../src/engine/judge/planted.js";

const hold = (driver: string, from: number, to: number | undefined, target = "t"): Hold => ({
  handle: driver,
  driver,
  implementation: driver,
  target,
  asked: from,
  from,
  to,
  ended: undefined,
});

describe("overlaps", () => {
  const pairs = (...holds: Hold[]) =>
    findOverlaps(holds, 100).map(({ first, second, from, to }) => [first.driver, second.driver, from, to]);

  test("holds that touch do not overlap", () => {
    expect(pairs(hold("a", 0, 5), hold("b", 5, 9))).toEqual([]);
  });
  test("a shared moment is named with both parties", () => {
    expect(pairs(hold("b", 4, 9), hold("a", 0, 5))).toEqual([["a", "b", 4, 5]]);
  });
  test("a hold that goes on overlaps what comes later", () => {
    expect(pairs(hold("a", 0, undefined), hold("b", 50, 60))).toEqual([["a", "b", 50, 60]]);
  });
  test("three at once are three pairs", () => {
    expect(pairs(hold("a", 0, 9), hold("b", 1, 9), hold("c", 2, 9))).toHaveLength(3);
  });
  test("other targets are other locks", () => {
    expect(pairs(hold("a", 0, 9), hold("b", 1, 9, "u"))).toEqual([]);
  });
  test("a hold whose end is known to lie before its begin proves nothing", () => {
    expect(pairs(hold("a", 5, 3), hold("b", 0, 9))).toEqual([]);
  });
});

describe("the guarded counter", () => {
  const log = (...numbers: number[]) => numbers.map((number) => `a 7 ${number}\n`).join("");
  const checks = (evidence: Parameters<typeof judgeCounter>[0]) => judgeCounter(evidence).map(({ check }) => check);

  test("consecutive numbers that add up are right", () => {
    expect(checks({ counter: "3", log: log(1, 2, 3), completed: 3 })).toEqual([]);
  });
  test("a number that two have counted", () => {
    expect(checks({ counter: "2", log: log(1, 2, 2), completed: 3 })).toEqual(["counter/duplicate", "counter/total"]);
  });
  test("a kill excuses one missing number, and no more", () => {
    expect(checks({ counter: "4", log: log(1, 2, 4), kills: 1 })).toEqual([]);
    expect(checks({ counter: "5", log: log(1, 2, 5), kills: 1 })).toEqual(["counter/gap"]);
  });
  test("more holds than numbers", () => {
    expect(checks({ counter: "3", log: log(1, 2, 3), completed: 4 })).toEqual(["counter/total"]);
  });
  test("a counter that went back", () => {
    expect(checks({ counter: "2", log: log(1, 2, 3), completed: 2 })).toContain("counter/total");
  });
  test("what is no number, and a line that was cut", () => {
    expect(checks({ counter: "", log: "" })).toEqual(["counter/unreadable"]);
    expect(checks({ counter: "1", log: "a 7 1" })).toEqual(["counter/unreadable"]);
    expect(checks({ counter: "1", log: "a 7\n" })).toContain("counter/unreadable");
  });
});

describe("the bytes of a lock", () => {
  const lock = { pid: 1, createdAt: "2026-11-21T10:00:00.000Z", protocol: 1, token: "0".repeat(32), platform: "linux" };
  const text = (payload: object, indent = 2) => Buffer.from(`${JSON.stringify(payload, null, indent)}\n`);

  test("are right in the contract's form", () => {
    expect(writerFault(text(lock))).toBeUndefined();
    expect(writerFault(text({ ...lock, purpose: 'tab\tand "quotes"' }))).toBeUndefined();
  });
  test.each([
    ["nothing", Buffer.alloc(0), "bytes/torn"],
    ["half of it", text(lock).subarray(0, 40), "bytes/torn"],
    ["an unknown key", text({ ...lock, colour: "red" }), "bytes/schema"],
    ["a token of the wrong form", text({ ...lock, token: "x" }), "bytes/schema"],
    ["keys in another order", text(Object.fromEntries(Object.entries(lock).reverse())), "bytes/form"],
    ["four spaces", text(lock, 4), "bytes/form"],
    ["no final newline", text(lock).subarray(0, -1), "bytes/form"],
    ["one line", Buffer.from(`${JSON.stringify(lock)}\n`), "bytes/form"],
    ["two newlines", Buffer.concat([text(lock), Buffer.from("\n")]), "bytes/form"],
  ])("are wrong with %s", (_name, bytes, check) => {
    expect(writerFault(bytes)?.check).toBe(check);
  });
});

test("names beside a lock", () => {
  const hex = "0123456789abcdef";
  expect(kindOf("/x/a.json.lock")).toBe("lock");
  expect(kindOf("/x/a.json.lock.reclaim")).toBe("guard");
  expect(kindOf(`/x/a.json.lock.reclaim.${hex}`)).toBe("marker");
  expect(kindOf(`/x/.openclaw-lock-${hex}${hex}.tmp`)).toBe("candidate");
  expect(kindOf(`/x/.openclaw-lock-${hex}.sock`)).toBe("witness");
  expect(kindOf(`/x/.openclaw-lock-${hex}.tmp`)).toBe("unfinished-witness");
  expect(kindOf(`/x/.openclaw-lock-${hex}${hex}.sock`)).toBe("stranger");
  expect(kindOf("/x/a.json.lock.tmp")).toBe("stranger");
  expect(kindOf("/x/.openclaw-lock-1.tmp")).toBe("stranger");
  expect(kindOf(`/x/.openclaw-refresh-${hex}${hex}.json`)).toBe("intent");
  expect(kindOf(`/x/.openclaw-store-${hex}${hex}.tmp`)).toBe("unfinished-store");
  expect(kindOf(`/x/.openclaw-refresh-${hex}.json`)).toBe("stranger");
  expect(kindOf("/x/a.json")).toBeUndefined();
});

describe("what is left behind", () => {
  let folder: string;
  const nobody = {
    killed: new Set<number>(),
    peersKilled: false,
    livesOn: () => false,
    mayHaveLeft: () => false,
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "leftovers-"));
    mkdirSync(join(folder, "deep"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const leave = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const found = async (
    planted = new Planted(),
    excused: string[] = [],
    deaths: Parameters<typeof findLeftovers>[3] = nobody,
  ) => (await findLeftovers(folder, planted, new Set(excused), deaths)).map((text) => text.split(" ")[0]);

  test("is found at any depth", async () => {
    leave("deep/a.lock", '{"pid":5}');
    leave("a.lock.reclaim", '{"pid":5}');
    leave("a.json", "{}");
    expect((await found()).sort()).toEqual(["guard", "lock"]);
  });
  test("is excused when the case put it there and nobody touched it", async () => {
    const path = leave("a.lock", "x");
    const planted = new Planted();
    planted.remember(path);
    expect(await found(planted)).toEqual([]);
    writeFileSync(path, "y");
    expect(await found(planted)).toEqual(["lock"]);
    expect(await found(planted, [path])).toEqual([]);
  });
  test("is excused for those that were killed, and for nobody else", async () => {
    leave("a.lock", '{"pid":5}');
    leave(`.openclaw-lock-${"0".repeat(32)}.tmp`, '{"pi');
    const deaths = { ...nobody, killed: new Set([5]) };
    expect(await found(new Planted(), [], deaths)).toEqual([]);
    expect((await found()).sort()).toEqual(["candidate", "lock"]);
    leave("b.lock", "");
    expect(await found(new Planted(), [], deaths)).toEqual(["lock"]);
  });

  const hex = "0123456789abcdef";
  const listen = async (): Promise<Server> => {
    const path = join(folder, `.openclaw-lock-${hex}.tmp`);
    const server = createServer().listen(path);
    await once(server, "listening");
    renameSync(path, join(folder, `.openclaw-lock-${hex}.sock`));
    return server;
  };
  test("a witness that answers belongs to somebody who lives", async () => {
    const server = await listen();
    expect(await found(new Planted(), [], { ...nobody, livesOn: () => true })).toEqual([]);
    expect(await found(new Planted(), [], { ...nobody, mayHaveLeft: () => true })).toEqual(["witness"]);
    server.close();
  });
  test("a witness that refuses was left by somebody who could not clean up", async () => {
    (await listen()).close();
    expect(await found(new Planted(), [], { ...nobody, mayHaveLeft: () => true })).toEqual([]);
    expect(await found(new Planted(), [], { ...nobody, livesOn: () => true })).toEqual(["witness"]);
  });
});
