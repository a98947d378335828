import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { acquireFileLock, acquireFileLockSync, type FileLockError, withFileLock } from "../src/index.js";
import { readOptions } from "../src/options.js";
import { namesIn, refusalOf, usePlace } from "./support.js";

const place = usePlace();

describe("a wrong argument is refused before anything is touched", () => {
  const times = [Number.NaN, -1, Number.POSITIVE_INFINITY, 31_536_000_001, "5", null];
  const wrong: readonly Record<string, unknown>[] = [
    ...["timeoutMs", "staleMs", "foreignTimeoutMs", "stale"].flatMap((key) => times.map((time) => ({ [key]: time }))),
    { purpose: "x".repeat(257) },
    { purpose: "€".repeat(86) },
    { purpose: 5 },
    { createParent: "yes" },
    { reclaim: 1 },
    { trustPids: "1" },
    { witness: "sometimes" },
    { witness: true },
    { witness: "" },
    { signal: {} },
    { onWait: "call" },
    { retries: -1 },
    { retries: Number.POSITIVE_INFINITY },
    { retries: { retries: 2, minTimeout: Number.NaN } },
    { retries: 31_536_000_001 },
    { retries: { retries: 3, maxTimeout: 31_536_000_000, minTimeout: 31_536_000_000 } },
    { retries: "many" },
  ];

  test.each(wrong)("option %j", async (options) => {
    const missing = join(place.directory, "missing", "x");
    const given = { createParent: true, ...options } as object;
    const { code, error } = await refusalOf(() => acquireFileLock(missing, given));
    expect(code).toBe("file_lock_invalid_option");
    expect((error as FileLockError).lockPath).toBe(`${missing}.lock`);
    expect((await refusalOf(() => acquireFileLockSync(missing, given))).code).toBe("file_lock_invalid_option");
    expect(namesIn(place)).toEqual([]);
  });

  test.each(["", "a\0b", "dir/", ".", "..", "dir/.", "dir/..", 5, undefined, null])("target %j", async (target) => {
    const { code } = await refusalOf(() => acquireFileLock(target as string, { createParent: true }));
    expect(code).toBe("file_lock_invalid_option");
  });

  test("options or a body that are none", async () => {
    expect((await refusalOf(() => acquireFileLock(place.target, 5 as never))).code).toBe("file_lock_invalid_option");
    expect((await refusalOf(() => withFileLock(place.target, {} as never))).code).toBe("file_lock_invalid_option");
    expect(namesIn(place)).toEqual([]);
  });
});

describe("the environment", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("decides about witness and trusted pids where the caller does not", () => {
    vi.stubEnv("OPENCLAW_LOCKS_WITNESS", undefined);
    vi.stubEnv("OPENCLAW_LOCKS_TRUST_PIDS", undefined);
    expect(readOptions()).toMatchObject({ witness: "auto", trustPids: false });
    vi.stubEnv("OPENCLAW_LOCKS_WITNESS", "always");
    vi.stubEnv("OPENCLAW_LOCKS_TRUST_PIDS", "1");
    expect(readOptions()).toMatchObject({ witness: "always", trustPids: true });
    expect(readOptions({ witness: "never", trustPids: false })).toMatchObject({ witness: "never", trustPids: false });
    vi.stubEnv("OPENCLAW_LOCKS_TRUST_PIDS", "0");
    expect(readOptions()).toMatchObject({ trustPids: false });
    vi.stubEnv("OPENCLAW_LOCKS_WITNESS", "");
    vi.stubEnv("OPENCLAW_LOCKS_TRUST_PIDS", "");
    expect(readOptions()).toMatchObject({ witness: "auto", trustPids: false });
  });

  test.each([
    ["OPENCLAW_LOCKS_WITNESS", "ALWAYS"],
    ["OPENCLAW_LOCKS_TRUST_PIDS", "true"],
    ["OPENCLAW_LOCKS_TRUST_PIDS", " 1"],
  ])("with %s=%j is refused by name, unless the caller decides", async (name, value) => {
    vi.stubEnv(name, value);
    const { code, error } = await refusalOf(() => acquireFileLock(place.target));
    expect(code).toBe("file_lock_invalid_option");
    expect((error as FileLockError).message).toContain(name);
    expect(namesIn(place)).toEqual([]);
    await (await acquireFileLock(place.target, { witness: "never", trustPids: false })).release();
  });
});

describe("the plugin SDK's options", () => {
  test.each([
    [{ retries: 0 }, 0],
    [{ retries: 4 }, 200],
    [{ retries: { retries: 3, minTimeout: 100, factor: 2 } }, 700],
    [{ retries: { retries: 3, minTimeout: 100, factor: 2, maxTimeout: 150 } }, 400],
    [{ retries: { retries: 1_000_000, minTimeout: 1 } }, 1_000_000],
    [{ retries: { retries: 20, factor: 2, minTimeout: 100, maxTimeout: 10_000, randomize: true } }, 152_600],
    [{ retries: 4, timeoutMs: 7 }, 7],
    [{}, 10_000],
  ])("%j waits %i ms at most", (options, timeoutMs) => {
    expect(readOptions(options).timeoutMs).toBe(timeoutMs);
  });

  test("stale is staleMs, which wins", () => {
    expect(readOptions({ stale: 180_000 }).staleMs).toBe(180_000);
    expect(readOptions({ stale: 180_000, staleMs: 5 }).staleMs).toBe(5);
  });
});

describe("the parent", () => {
  test("that is missing is an error at once, and not made", async () => {
    const target = join(place.directory, "a", "b", "x");
    const { code, error } = await refusalOf(() => acquireFileLock(target));
    expect(code).toBe("file_lock_io");
    expect((error as FileLockError).errno).toBe("ENOENT");
    expect(namesIn(place)).toEqual([]);
  });

  test("is made with mode 0700 where that is asked for", async () => {
    const target = join(place.directory, "a", "b", "x");
    await (await acquireFileLock(target, { createParent: true })).release();
    for (const made of ["a", "a/b"]) expect(statSync(join(place.directory, made)).mode & 0o777).toBe(0o700);
    expect(existsSync(`${target}.lock`)).toBe(false);
  });

  test("that is a file is an error", async () => {
    writeFileSync(place.target, "");
    expect((await refusalOf(() => acquireFileLock(join(place.target, "x")))).code).toBe("file_lock_io");
  });
});

test.runIf(process.getuid?.() === 0)("permission: path, owner and mode are named", () => {
  chmodSync(place.directory, 0o755);
  const closed = join(place.directory, "closed");
  mkdirSync(closed, { mode: 0o555 });
  const open = join(place.directory, "open");
  mkdirSync(open);
  chmodSync(open, 0o777);
  writeFileSync(join(open, "x.lock"), "{}", { mode: 0o600 });
  const script = `
    import { acquireFileLockSync } from ${JSON.stringify(new URL("../dist/esm/index.js", import.meta.url).href)};
    process.setgid(65534);
    process.setuid(65534);
    for (const target of ${JSON.stringify([join(closed, "x"), join(open, "x")])}) {
      try {
        acquireFileLockSync(target);
      } catch (error) {
        console.log(error.code, error.message);
      }
    }`;
  const lines = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).split("\n");
  expect(lines[0]).toMatch(/^file_lock_permission .*EACCES at .*closed, .*closed has owner 0:0 and mode 0555;/);
  expect(lines[1]).toMatch(/^file_lock_permission .*EACCES at .*x\.lock, .*x\.lock has owner 0:0 and mode 0600;/);
});
