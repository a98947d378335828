import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  acquireFileLock,
  acquireFileLockSync,
  type FileLockError,
  inspectFileLock,
  type WaitEvent,
} from "../src/index.js";
import { shared } from "../src/shared.js";
import { Backoff } from "../src/wait.js";
import { namesIn, openclawPayload, refusalOf, usePlace, writeAged } from "./support.js";

const place = usePlace();

describe("a wait", () => {
  test("ends when the holder releases", async () => {
    const first = await acquireFileLock(place.target);
    const events: WaitEvent[] = [];
    const second = acquireFileLock(place.target, {
      onWait: (event) => {
        events.push(event);
        void first.release();
      },
    });
    const lock = await second;
    expect(lock.verify()).toBe(true);
    expect(events).toHaveLength(1);
    expect(events[0]?.holder).toMatchObject({ pid: process.pid, verdict: "held", reason: "descriptor-open" });
    await lock.release();
  });

  test("ends at its deadline, with the holder named", async () => {
    const first = await acquireFileLock(place.target);
    const { code, error } = await refusalOf(() => acquireFileLock(place.target, { timeoutMs: 50 }));
    const refusal = error as FileLockError;
    expect(code).toBe("file_lock_timeout");
    expect(refusal.message).toMatch(
      /^file lock timeout for .*data\.json: held by pid [0-9]+ \(.+\) for [0-9.]+ s, waited/,
    );
    expect(refusal.waitedMs).toBeGreaterThanOrEqual(50);
    expect(refusal.lockPath).toBe(place.lockPath);
    expect(refusal.holder?.pid).toBe(process.pid);
    await first.release();
  });

  test("rejects with the reason of its signal, and leaves nothing", async () => {
    const first = await acquireFileLock(place.target);
    const controller = new AbortController();
    const reason = { why: "shutdown" };
    const waiting = acquireFileLock(place.target, {
      signal: controller.signal,
      onWait: () => controller.abort(reason),
    });
    await expect(waiting).rejects.toBe(reason);
    await first.release();
    expect(namesIn(place)).toEqual([]);
  });

  test("with a signal that has fired touches nothing", async () => {
    await expect(acquireFileLock(place.target, { signal: AbortSignal.abort("early") })).rejects.toBe("early");
    expect(() => acquireFileLockSync(place.target, { signal: AbortSignal.abort("early") })).toThrow("early");
    expect(namesIn(place)).toEqual([]);
  });

  test("ends with what its hook throws", async () => {
    const first = await acquireFileLock(place.target);
    const thrown = new Error("enough");
    const onWait = () => {
      throw thrown;
    };
    await expect(acquireFileLock(place.target, { onWait })).rejects.toBe(thrown);
    await first.release();
  });

  test("pauses between half of 1 ms and 25 ms, and longer each time", () => {
    const backoff = new Backoff();
    const pauses = Array.from({ length: 12 }, () => backoff.next());
    expect(pauses[0]).toBeGreaterThanOrEqual(0.5);
    expect(pauses[0]).toBeLessThanOrEqual(1);
    for (const pause of pauses.slice(5)) {
      expect(pause).toBeGreaterThanOrEqual(12.5);
      expect(pause).toBeLessThanOrEqual(25);
    }
  });

  test("of a thread for a lock that it holds itself is refused, not waited for", async () => {
    const first = await acquireFileLock(place.target);
    expect((await refusalOf(() => acquireFileLockSync(place.target))).code).toBe("file_lock_reentrant");
    await first.release();
  });

  test("blocks the thread in the synchronous form, until the holder is gone", async () => {
    const holder = spawn("sleep", ["0.2"]);
    await once(holder, "spawn");
    const start = /\) . (?:\S+ ){18}(\S+)/.exec(readFileSync(`/proc/${holder.pid}/stat`, "utf8"))?.[1];
    writeFileSync(place.lockPath, openclawPayload(holder.pid!, { starttime: Number(start) }));
    expect(inspectFileLock(place.target)).toMatchObject({ verdict: "held", reason: "start-time-equal" });
    const lock = acquireFileLockSync(place.target);
    expect(lock.verify()).toBe(true);
    lock.releaseSync();
  });
});

describe("courtesy", () => {
  test("a holder that never waited pauses before it takes the same lock again", async () => {
    shared.streaks.set(place.lockPath, { heldMs: 20, releasedAt: performance.now() });
    const startedAt = performance.now();
    await (await acquireFileLock(place.target)).release();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1);
    expect(shared.streaks.get(place.lockPath)?.heldMs).toBeLessThan(20);
  });
});

describe("a foreign lock", () => {
  const cases: readonly [kind: string, make: (path: string) => void][] = [
    ["proper-lockfile", (path) => mkdirSync(path)],
    ["directory", (path) => mkdirSync(`${path}/sub`, { recursive: true })],
    ["symlink", (path) => symlinkSync("nowhere", path)],
    ["fifo", (path) => execFileSync("mkfifo", [path])],
    ["oversized", (path) => writeFileSync(path, Buffer.alloc(65_537, 32))],
  ];

  test.each(cases)("that is a %s is refused at once", async (kind, make) => {
    make(place.lockPath);
    const { code, error } = await refusalOf(() => acquireFileLock(place.target));
    expect(code).toBe("file_lock_foreign");
    expect((error as FileLockError).kind).toBe(kind);
    expect((error as FileLockError).waitedMs).toBe(0);
    expect(inspectFileLock(place.target)).toMatchObject({ verdict: "foreign", kind });
  });

  test.each([
    ["garbage", "not a lock"],
    ["json-without-owner", '{"owner":"me"}'],
    ["cross-process-lock", '{"pID":123,"lockTime":1700000000000}'],
    ["pid-file", "123\n"],
    ["filelock-soft", "123\nhost\n"],
    ["filelock-soft", "123\nhost\n99887766\n"],
    ["filelock-lease", "filelock/2\npid=1\n"],
    ["filelock-strict", "1\nfilelock-strict-v1\0\n0\n"],
    ["git", "DIRC\0\0\0\x02"],
  ])("of kind %s is named after its own time-out", async (kind, content) => {
    writeAged(place.lockPath, content, 5_000);
    const { code, error } = await refusalOf(() => acquireFileLock(place.target, { foreignTimeoutMs: 30 }));
    expect(code).toBe("file_lock_foreign");
    expect((error as FileLockError).kind).toBe(kind);
    expect((error as FileLockError).waitedMs).toBeGreaterThan(0);
    expect(readFileSync(place.lockPath, "utf8")).toBe(content);
  });

  test("that is empty, with a kernel lock on it, says so", async () => {
    writeAged(place.lockPath, "", 60_000);
    const holder = spawn("flock", ["-x", place.lockPath, "sh", "-c", "echo locked; exec sleep 600"], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      await once(holder.stdout, "data");
      utimesSync(place.lockPath, 1, 1);
      const { error } = await refusalOf(() => acquireFileLock(place.target, { timeoutMs: 0 }));
      expect((error as FileLockError).kind).toBe("flock");
    } finally {
      process.kill(-holder.pid!, "SIGKILL");
    }
  });

  test("that goes away in time is no obstacle", async () => {
    writeAged(place.lockPath, "not a lock", 5_000);
    const lock = await acquireFileLock(place.target, { onWait: () => rmSync(place.lockPath) });
    await lock.release();
  });
});

describe("inspection", () => {
  test("says free, and changes nothing", () => {
    expect(inspectFileLock(place.target)).toEqual({
      lockPath: place.lockPath,
      verdict: "free",
      reason: null,
      conclusive: false,
      kernelLocks: [],
    });
    writeAged(place.lockPath, "", 60_000);
    expect(inspectFileLock(place.target)).toMatchObject({ verdict: "stale", reason: "empty-abandoned" });
    expect(namesIn(place)).toEqual(["data.json.lock"]);
  });
});
