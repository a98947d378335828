import * as fs from "node:fs";
import { existsSync, readFileSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { acquireFileLock, acquireFileLockSync, type FileLockError, FileLockLostError } from "../src/index.js";
import { atPoint, namesIn, refusalOf, usePlace } from "./support.js";

vi.mock("node:fs", async (importOriginal) => {
  const actual = await importOriginal<typeof fs>();
  return { ...actual, unlinkSync: vi.fn(actual.unlinkSync), openSync: vi.fn(actual.openSync) };
});

const place = usePlace();
const actual = await vi.importActual<typeof fs>("node:fs");
const failure = (code: string) => Object.assign(new Error(code), { code, syscall: "unlink", errno: -1 });

beforeEach(() => {
  vi.mocked(unlinkSync).mockReset().mockImplementation(actual.unlinkSync);
  vi.mocked(fs.openSync).mockReset().mockImplementation(actual.openSync);
});

function replaceLock(bytes: string | Buffer): void {
  rmSync(place.lockPath, { force: true });
  writeFileSync(place.lockPath, bytes);
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

describe("release", () => {
  test("removes the lock, and a second one does nothing", async () => {
    const lock = await acquireFileLock(place.target);
    await lock.release();
    replaceLock("somebody else's");
    await lock.release();
    lock.releaseSync();
    expect(readFileSync(place.lockPath, "utf8")).toBe("somebody else's");
  });

  test("of a lock that is gone says so, once", async () => {
    const lock = await acquireFileLock(place.target);
    rmSync(place.lockPath);
    expect((await refusalOf(() => lock.release())).code).toBe("file_lock_lost");
    await lock.release();
  });

  test("leaves a lock that differs by one byte", async () => {
    const lock = await acquireFileLock(place.target);
    const bytes = readFileSync(place.lockPath);
    for (const other of [Buffer.concat([bytes, Buffer.from(" ")]), bytes.subarray(1), Buffer.alloc(0)]) {
      replaceLock(other);
      expect(lock.verify()).toBe(false);
    }
    expect((await refusalOf(() => lock.release())).code).toBe("file_lock_lost");
    expect(existsSync(place.lockPath)).toBe(true);
  });

  test.each(["directory", "link to our own bytes", "pipe"])(
    "takes a %s for a lost lock, without waiting",
    async (what) => {
      const lock = await acquireFileLock(place.target);
      const bytes = readFileSync(place.lockPath);
      rmSync(place.lockPath);
      if (what === "directory") fs.mkdirSync(place.lockPath);
      else if (what === "pipe") (await import("node:child_process")).execFileSync("mkfifo", [place.lockPath]);
      else {
        writeFileSync(`${place.target}.copy`, bytes);
        fs.symlinkSync(`${place.target}.copy`, place.lockPath);
      }
      expect(lock.verify()).toBe(false);
      expect((await refusalOf(() => lock.release())).code).toBe("file_lock_lost");
      expect(fs.lstatSync(place.lockPath)).toBeTruthy();
    },
  );

  test("that cannot unlink surfaces, keeps the lock, and can be tried again", async () => {
    const lock = await acquireFileLock(place.target);
    for (const [errno, expected] of [
      ["EACCES", "file_lock_permission"],
      ["EIO", "file_lock_io"],
    ] as const) {
      vi.mocked(unlinkSync).mockImplementationOnce(() => {
        throw failure(errno);
      });
      const { code, error } = await refusalOf(() => lock.release());
      expect(code).toBe(expected);
      expect((error as FileLockError).errno).toBe(errno);
      expect(lock.verify()).toBe(true);
    }
    await lock.release();
    expect(namesIn(place)).toEqual([]);
  });

  test("that cannot look is no loss", async () => {
    const lock = await acquireFileLock(place.target);
    vi.mocked(fs.openSync).mockImplementationOnce(() => {
      throw failure("EIO");
    });
    expect((await refusalOf(() => lock.release())).code).toBe("file_lock_io");
    expect(lock.signal.aborted).toBe(false);
    await lock.release();
  });

  test("succeeds where the lock vanishes after it was compared", async () => {
    const lock = await acquireFileLock(place.target);
    atPoint("release:compared", () => rmSync(place.lockPath));
    await lock.release();
  });

  test("is what `using` calls", async () => {
    const sync = acquireFileLockSync(place.target);
    (sync as unknown as Record<symbol, () => void>)[Symbol.dispose]!();
    expect(namesIn(place)).toEqual([]);
    const lock = await acquireFileLock(place.target);
    await (lock as unknown as Record<symbol, () => Promise<void>>)[Symbol.asyncDispose]!();
    expect(namesIn(place)).toEqual([]);
  });
});

describe("loss", () => {
  test("aborts the signal once, by itself, with the reason", async () => {
    const lock = await acquireFileLock(place.target);
    let fired = 0;
    lock.signal.addEventListener("abort", () => fired++);
    replaceLock("{}");
    await aborted(lock.signal);
    expect(lock.signal.reason).toBeInstanceOf(FileLockLostError);
    expect((await refusalOf(() => lock.release())).code).toBe("file_lock_lost");
    expect(fired).toBe(1);
  });

  test("that release finds aborts the signal as well, also one that is asked for later", async () => {
    const lock = await acquireFileLock(place.target);
    rmSync(place.lockPath);
    await refusalOf(() => lock.release());
    expect(lock.signal.aborted).toBe(true);
  });

  test("is not signalled by a release", async () => {
    const lock = await acquireFileLock(place.target);
    const { signal } = lock;
    await lock.release();
    expect(signal.aborted).toBe(false);
    expect(lock.verify()).toBe(false);
  });

  test("a look that fails is no loss", async () => {
    const lock = await acquireFileLock(place.target, { staleMs: 300 });
    let looks = 0;
    await new Promise<void>((resolve) => {
      vi.mocked(fs.openSync).mockImplementation(() => {
        if (++looks === 2) resolve();
        throw failure("EIO");
      });
    });
    vi.mocked(fs.openSync).mockImplementation(actual.openSync);
    expect(lock.signal.aborted).toBe(false);
    expect(lock.verify()).toBe(true);
    await lock.release();
  });
});

test("a hold that has slept with its machine beats at its first look: the wall clock went on", async () => {
  const lock = await acquireFileLock(place.target);
  const old = new Date(Date.now() - 60_000);
  utimesSync(place.lockPath, old, old);
  const asleep = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 3_600_000);
  await vi.waitUntil(() => statSync(place.lockPath).mtimeMs > old.getTime(), { timeout: 20_000 });
  asleep.mockRestore();
  // By the file system's clock, whatever ours says.
  expect(statSync(place.lockPath).mtimeMs).toBeLessThan(Date.now() + 60_000);
  await lock.release();
});

test("a beat moves the modification time also where that is in the future", async () => {
  const lock = await acquireFileLock(place.target, { staleMs: 300 });
  const ahead = new Date(Date.now() + 3_600_000);
  utimesSync(place.lockPath, ahead, ahead);
  await vi.waitUntil(() => statSync(place.lockPath).mtimeMs > ahead.getTime(), { timeout: 20_000 });
  await lock.release();
});

test("a long hold touches the lock's modification time, and only forward", async () => {
  const lock = await acquireFileLock(place.target, { staleMs: 300 });
  expect(JSON.parse(readFileSync(place.lockPath, "utf8")).heartbeatMs).toBe(100);
  const old = new Date(Date.now() - 60_000);
  utimesSync(place.lockPath, old, old);
  await vi.waitUntil(() => statSync(place.lockPath).mtimeMs > old.getTime(), { timeout: 20_000 });
  expect(lock.verify()).toBe(true);
  await lock.release();
});
