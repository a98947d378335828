import { closeSync, openSync, readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { writeAll } from "../src/descriptor.js";
import { errnoOf } from "../src/errors.js";
import { acquireFileLock } from "../src/index.js";
import { namesIn, refusalOf, usePlace } from "./support.js";

const most = vi.hoisted(() => ({ bytes: Number.POSITIVE_INFINITY }));

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const writeSync = (fd: number, bytes: Buffer, offset: number, length: number, position: number | null) =>
    most.bytes === 0 ? 0 : fs.writeSync(fd, bytes, offset, Math.min(length, most.bytes), position);
  return { ...fs, writeSync };
});

const place = usePlace();

test("a short write is continued", async () => {
  most.bytes = 7;
  const lock = await acquireFileLock(place.target);
  expect(JSON.parse(readFileSync(lock.lockPath, "utf8")).token).toBe((lock as unknown as { token: string }).token);
  await lock.release();
});

test.each([null, 0])("a write of nothing is an error (position %s)", (position) => {
  most.bytes = 0;
  const fd = openSync(place.target, "w");
  let error: unknown;
  try {
    writeAll(fd, Buffer.from("x"), position);
  } catch (thrown) {
    error = thrown;
  }
  closeSync(fd);
  expect(errnoOf(error)).toBe("EIO");
});

test("a lock that cannot be written leaves nothing, and the next one can", async () => {
  most.bytes = 0;
  expect((await refusalOf(() => acquireFileLock(place.target))).code).toBe("file_lock_io");
  expect(namesIn(place)).toEqual([]);
  most.bytes = 1000;
  await (await acquireFileLock(place.target)).release();
});
