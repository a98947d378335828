import { openSync, rmSync, writeFileSync } from "node:fs";
import { beforeEach, expect, test, vi } from "vitest";
import { acquireFileLock, type FileLockError } from "../src/index.js";
import { refusalOf, usePlace } from "./support.js";

vi.mock("node:fs", async (importOriginal) => {
  const actual = await importOriginal<typeof import("node:fs")>();
  return { ...actual, openSync: vi.fn(actual.openSync) };
});

const place = usePlace();

beforeEach(async () => {
  const actual = await vi.importActual<typeof import("node:fs")>("node:fs");
  vi.mocked(openSync)
    .mockReset()
    .mockImplementation((path, ...rest) => {
      if (!String(path).endsWith(".reclaim")) return actual.openSync(path, ...rest);
      throw Object.assign(new Error("EACCES: permission denied, open"), { code: "EACCES", syscall: "open", path });
    });
  writeFileSync(`${place.lockPath}.reclaim`, "another user's");
});

test("a guard that cannot be read is waited for, and taken for what it is at the deadline", async () => {
  const { code, error } = await refusalOf(() => acquireFileLock(place.target, { timeoutMs: 30 }));
  expect(code).toBe("file_lock_permission");
  expect(error).toMatchObject({ path: `${place.lockPath}.reclaim`, waitedMs: expect.any(Number) });
  expect((error as FileLockError).waitedMs).toBeGreaterThan(0);
});

test("when it is gone, the lock is acquired", async () => {
  const onWait = () => rmSync(`${place.lockPath}.reclaim`);
  const lock = await acquireFileLock(place.target, { timeoutMs: 10_000, onWait });
  expect(lock.verify()).toBe(true);
  await lock.release();
});
