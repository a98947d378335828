import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { acquireFileLock, getReleaseError, isFileLockError, withFileLock, withFileLockSync } from "../src/index.js";
import { namesIn, refusalOf, usePlace } from "./support.js";

const place = usePlace();

describe("withFileLock", () => {
  test("gives the lock to the body, returns what it returns, and releases", async () => {
    const result = await withFileLock(place.target, async (lock) => {
      expect(lock.verify()).toBe(true);
      return 42;
    });
    expect(result).toBe(42);
    expect(namesIn(place)).toEqual([]);
  });

  test.each([
    ["throws", () => Promise.reject(new Error("of the body"))],
    [
      "throws at once",
      () => {
        throw new Error("of the body");
      },
    ],
  ])("releases when the body %s", async (_how, body) => {
    await expect(withFileLock(place.target, body)).rejects.toThrow("of the body");
    expect(namesIn(place)).toEqual([]);
  });

  test("throws the body's error where the release fails too, with that one attached", async () => {
    const thrown = new Error("of the body");
    const { error } = await refusalOf(() =>
      withFileLock(place.target, () => {
        rmSync(place.lockPath);
        throw thrown;
      }),
    );
    expect(error).toBe(thrown);
    expect(isFileLockError(getReleaseError(error)) && getReleaseError(error)).toMatchObject({ code: "file_lock_lost" });
    expect(Object.keys(thrown)).toEqual([]);
  });

  test("throws a frozen or a primitive error of the body unchanged", async () => {
    for (const thrown of [Object.freeze(new Error("frozen")), "text", null, undefined]) {
      const body = () => {
        rmSync(place.lockPath);
        throw thrown;
      };
      expect((await refusalOf(() => withFileLock(place.target, body))).error).toBe(thrown);
      expect(getReleaseError(thrown)).toBeUndefined();
    }
  });

  test("says that the lock was lost where only the release fails", async () => {
    const { code } = await refusalOf(() => withFileLock(place.target, () => rmSync(place.lockPath)));
    expect(code).toBe("file_lock_lost");
  });

  test("keeps a lost update away from tasks of one process", async () => {
    writeFileSync(place.target, "0");
    const add = () =>
      withFileLock(place.target, async () => {
        const before = Number(readFileSync(place.target, "utf8"));
        await new Promise(setImmediate);
        writeFileSync(place.target, String(before + 1));
      });
    await Promise.all(Array.from({ length: 10 }, add));
    expect(readFileSync(place.target, "utf8")).toBe("10");
  });
});

describe("nesting", () => {
  test("is refused at once, in each form", async () => {
    await withFileLock(place.target, async () => {
      expect((await refusalOf(() => withFileLock(place.target, () => {}))).code).toBe("file_lock_reentrant");
      expect((await refusalOf(() => acquireFileLock(place.target))).code).toBe("file_lock_reentrant");
      expect((await refusalOf(() => withFileLockSync(place.target, () => {}))).code).toBe("file_lock_reentrant");
    });
    withFileLockSync(place.target, () => {
      expect(() => withFileLockSync(place.target, () => {})).toThrow("reentrant");
    });
  });

  test("of another lock is fine, and the outer one is remembered", async () => {
    await withFileLock(place.target, () =>
      withFileLock(`${place.target}2`, async () => {
        expect((await refusalOf(() => acquireFileLock(place.target))).code).toBe("file_lock_reentrant");
      }),
    );
  });

  test("is over with the body, also for a task that outlives it", async () => {
    let go = () => {};
    let late: Promise<string> | undefined;
    await withFileLock(place.target, () => {
      const gate = new Promise<void>((resolve) => {
        go = resolve;
      });
      late = gate.then(() => withFileLock(place.target, () => "taken"));
    });
    go();
    expect(await late).toBe("taken");
  });

  test("tasks beside each other are not nested: they wait", async () => {
    const order: string[] = [];
    let letGo = () => {};
    const first = withFileLock(place.target, async () => {
      order.push("first");
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
      order.push("first ends");
    });
    const second = withFileLock(place.target, { onWait: () => letGo() }, () => {
      order.push("second");
    });
    await Promise.all([first, second]);
    expect(order).toEqual(["first", "first ends", "second"]);
  });
});
