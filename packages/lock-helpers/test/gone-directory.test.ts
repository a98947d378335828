import { mkdirSync, rmdirSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { acquireFileLock } from "../src/index.js";
import { usePlace } from "./support.js";

const before = vi.hoisted(() => ({ listing: (_path: string) => {} }));

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const opendirSync: typeof fs.opendirSync = (path, options) => {
    before.listing(String(path));
    return fs.opendirSync(path, options);
  };
  return { ...fs, opendirSync };
});

const place = usePlace();

test.each([true, false])(
  "a directory that goes before it is listed is no obstacle (removeForeign %s)",
  async (asked) => {
    mkdirSync(place.lockPath);
    before.listing = (path) => {
      before.listing = () => {};
      rmdirSync(path);
    };
    const lock = await acquireFileLock(place.target, { removeForeign: asked, timeoutMs: 500 });
    expect(lock.verify()).toBe(true);
    await lock.release();
  },
);
