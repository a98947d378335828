import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Adopter } from "../src/adopt.js";
import { acquireFileLock, acquireOrAdopt, acquireOrAdoptSync } from "../src/index.js";
import { runSync } from "../src/wait.js";
import { deadPayload, namesIn, openclawPayload, refusalOf, usePlace } from "./support.js";

const place = usePlace();

function readValue(unless: string): string | undefined {
  const text = readFileSync(place.target, "utf8");
  return text === unless ? undefined : text;
}

function replace(text: string): void {
  writeFileSync(`${place.target}.new`, text);
  renameSync(`${place.target}.new`, place.target);
}

/** Answers in turn, the last one for ever. */
function answers<T>(...values: readonly T[]) {
  const asked = { times: 0 };
  return { asked, tryAdopt: () => values[Math.min(asked.times++, values.length - 1)] };
}

describe("acquireOrAdopt", () => {
  test("that can adopt at once touches no lock and makes no file", async () => {
    const target = join(place.directory, "missing", "x");
    const { asked, tryAdopt } = answers("there");
    const got = await acquireOrAdopt(target, { tryAdopt, createParent: true });
    expect(got).toEqual({ adopted: true, value: "there" });
    expect(asked.times).toBe(1);
    expect(namesIn(place)).toEqual([]);
    expect(acquireOrAdoptSync(target, { tryAdopt, createParent: true })).toMatchObject({ value: "there" });
  });

  test("takes a free lock, and never asks while it is held", async () => {
    const { asked, tryAdopt } = answers(undefined, null);
    writeFileSync(place.lockPath, deadPayload());
    const got = await acquireOrAdopt(place.target, { tryAdopt });
    expect(got.adopted).toBe(false);
    const times = asked.times;
    await sleep(50);
    expect(asked.times).toBe(times);
    expect(got.lock?.verify()).toBe(true);
    await got.lock?.release();
    expect(namesIn(place)).toEqual([]);
  });

  test.each([0, "", false])("takes %j for a value", async (value) => {
    expect(await acquireOrAdopt(place.target, { tryAdopt: () => value })).toEqual({ adopted: true, value });
  });

  test("adopts what appears while the lock is held, and leaves the lock alone", async () => {
    writeFileSync(place.target, "old");
    const lock = await acquireFileLock(place.target);
    const waiting = acquireOrAdopt(place.target, {
      tryAdopt: async () => readValue("old"),
      onWait: () => setImmediate(replace, "new"),
    });
    expect(await waiting).toEqual({ adopted: true, value: "new" });
    expect(lock.verify()).toBe(true);
    expect(namesIn(place)).toEqual(["data.json", "data.json.lock"]);
    await lock.release();
  });

  test("watches the paths that it is told to", async () => {
    const watched = join(place.directory, "elsewhere");
    const lock = await acquireFileLock(place.target);
    const { asked, tryAdopt } = answers(undefined, undefined, "third");
    const got = await acquireOrAdopt(place.target, {
      ...{ tryAdopt, watch: [watched] },
      onWait: () => asked.times === 2 && writeFileSync(watched, "x"),
    });
    expect(got.value).toBe("third");
    await lock.release();
  });

  test("asks again within the wait also where nothing is seen to change", async () => {
    const lock = await acquireFileLock(place.target);
    const { tryAdopt } = answers(undefined, undefined, "later");
    const got = await acquireOrAdopt(place.target, { tryAdopt, timeoutMs: 60_000 });
    expect(got.value).toBe("later");
    await lock.release();
  });

  test.each(["timeout", "foreign", "missing parent"])("prefers a value to a refusal: %s", async (what) => {
    const target = what === "missing parent" ? join(place.directory, "missing", "x") : place.target;
    if (what === "timeout") writeFileSync(place.lockPath, openclawPayload(process.ppid));
    if (what === "foreign") mkdirSync(place.lockPath);
    const refused = answers(undefined);
    expect((await refusalOf(() => acquireOrAdopt(target, { ...refused, timeoutMs: 0 }))).code).toMatch(/^file_lock_/);
    const values = [...Array.from({ length: refused.asked.times - 1 }, () => undefined), "late"];
    const { tryAdopt } = answers<string | undefined>(...values);
    expect(await acquireOrAdopt(target, { tryAdopt, timeoutMs: 0 })).toMatchObject({ value: "late" });
    const again = answers<string | undefined>(...values);
    expect(acquireOrAdoptSync(target, { tryAdopt: again.tryAdopt, timeoutMs: 0 })).toMatchObject({ adopted: true });
  });

  test("ends with what tryAdopt throws, and leaves nothing behind", async () => {
    const lock = await acquireFileLock(place.target);
    for (const failAt of [1, 2]) {
      let times = 0;
      const tryAdopt = () => {
        if (++times === failAt) throw new Error("mine");
        return undefined;
      };
      await expect(acquireOrAdopt(place.target, { tryAdopt })).rejects.toThrow("mine");
      times = 0;
      await expect(acquireOrAdopt(place.target, { tryAdopt: async () => tryAdopt() })).rejects.toThrow("mine");
      times = 0;
      expect(() => acquireOrAdoptSync(place.target, { tryAdopt })).toThrow("mine");
      expect(times).toBe(failAt);
    }
    await lock.release();
    expect(namesIn(place)).toEqual([]);
  });

  test("that is cancelled ends at once, without asking again, also while it asks", async () => {
    const lock = await acquireFileLock(place.target);
    for (const isHanging of [false, true]) {
      const controller = new AbortController();
      let times = 0;
      const tryAdopt = () => {
        if (++times < 2) return undefined;
        setImmediate(() => controller.abort(new Error("cancelled")));
        return isHanging ? new Promise<undefined>(() => {}) : undefined;
      };
      const waiting = acquireOrAdopt(place.target, { tryAdopt, signal: controller.signal });
      await expect(waiting).rejects.toThrow("cancelled");
      expect(times).toBe(2);
    }
    const aborted = AbortSignal.abort(new Error("before"));
    const { asked, tryAdopt } = answers("value");
    await expect(acquireOrAdopt(place.target, { tryAdopt, signal: aborted })).rejects.toThrow("before");
    expect(asked.times).toBe(0);
    await lock.release();
  });

  test("refuses wrong arguments before it asks", async () => {
    const { asked, tryAdopt } = answers("value");
    const wrong = [undefined, {}, { tryAdopt: 5 }, { tryAdopt, watch: "x" }, { tryAdopt, watch: [""] }];
    for (const options of [...wrong, { tryAdopt, timeoutMs: -1 }]) {
      const call = () => acquireOrAdopt(place.target, options as never);
      expect((await refusalOf(call)).code).toBe("file_lock_invalid_option");
    }
    expect((await refusalOf(() => acquireOrAdopt("dir/", { tryAdopt }))).code).toBe("file_lock_invalid_option");
    expect(asked.times).toBe(0);
    const promised = () => acquireOrAdoptSync(place.target, { tryAdopt: async () => "value" });
    expect((await refusalOf(promised)).code).toBe("file_lock_invalid_option");
    expect(namesIn(place)).toEqual([]);
  });
});

test("a change while tryAdopt reads is a change since", () => {
  writeFileSync(place.target, "old");
  const adopter = new Adopter(() => {
    const value = readValue("old");
    replace("new");
    return value;
  }, [place.target]);
  expect(adopter.isDue()).toBe(true);
  expect(runSync(adopter.ask())).toBeUndefined();
  expect(adopter.isDue()).toBe(true);
  expect(runSync(adopter.ask())).toEqual({ value: "new" });
});

test("a path that appears, goes, or is written in place is a change; nothing is none", () => {
  const adopter = new Adopter(() => undefined, [place.target]);
  const ask = () => runSync(adopter.ask());
  ask();
  expect(adopter.isDue()).toBe(false);
  writeFileSync(place.target, "one");
  expect(adopter.isDue()).toBe(true);
  ask();
  expect(adopter.isDue()).toBe(false);
  writeFileSync(place.target, "longer");
  expect(adopter.isDue()).toBe(true);
  ask();
  renameSync(place.target, `${place.target}.gone`);
  expect(adopter.isDue()).toBe(true);
});
