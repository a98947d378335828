import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, lstatSync, mkdirSync, readFileSync, rmdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { abandonmentOf } from "../src/foreign-finding.js";
import { nodeSystem } from "../src/identity.js";
import { acquireFileLock, acquireFileLockSync, type FileLockError } from "../src/index.js";
import { isInitialNamespace } from "../src/proc.js";
import { sweepLock } from "../src/tools.js";
import { atPoint, deadPid, interruptAt, namesIn, refusalOf, usePlace, writeAged } from "./support.js";

const place = usePlace();
const HOUR_MS = 3_600_000;
const ASKED = { removeForeign: true, foreignTimeoutMs: 15_000, timeoutMs: 20_000 };
const BRIEF = { removeForeign: true, staleMs: 1_000, foreignTimeoutMs: 5_000, timeoutMs: 10_000 };

function age(path: string): void {
  const then = (Date.now() - HOUR_MS) / 1000;
  utimesSync(path, then, then);
}

function leaveDirectory(): void {
  mkdirSync(place.lockPath);
  age(place.lockPath);
}

const leavePidFile = (pid: number) => writeAged(place.lockPath, `${pid}\n`, HOUR_MS);

/** What was changed at the point was not taken. It would be later, when it has been watched anew: the wait ends before. */
async function isInterrupted(point: "reclaim:guarded", change: () => void): Promise<void> {
  const controller = new AbortController();
  const reason = new Error("seen to stay");
  atPoint(point, () => {
    change();
    setTimeout(() => controller.abort(reason), 200);
  });
  const { code } = await refusalOf(() => acquireFileLock(place.target, { ...ASKED, signal: controller.signal }));
  expect(["file_lock_foreign", String(reason)]).toContain(code);
}

const LEFT: readonly [kind: string, leave: () => void][] = [
  ["proper-lockfile", leaveDirectory],
  ["pid-file", () => leavePidFile(deadPid())],
];

const inInitial = isInitialNamespace(nodeSystem.self());

describe("what another locker has left", () => {
  test("stays where nobody asks, and says how to remove it", async () => {
    leaveDirectory();
    const { code, error } = await refusalOf(() => acquireFileLock(place.target, { foreignTimeoutMs: 50 }));
    expect(code).toBe("file_lock_foreign");
    expect((error as FileLockError).hint).toBe(`end the program that made it, then run: rmdir '${place.lockPath}'`);
    expect(lstatSync(place.lockPath).isDirectory()).toBe(true);
  });
});

describe.runIf(process.platform === "linux" && inInitial)("removal that was asked for", () => {
  test.each(LEFT)("takes the place of %s, once it was watched", async (_kind, leave) => {
    leave();
    const startedAt = performance.now();
    const lock = await acquireFileLock(place.target, ASKED);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_950);
    expect(lock.verify()).toBe(true);
    expect(namesIn(place)).toEqual(["data.json.lock"]);
    await lock.release();
    expect(namesIn(place)).toEqual([]);
  });

  test("works for who blocks", () => {
    leaveDirectory();
    acquireFileLockSync(place.target, ASKED).releaseSync();
    expect(namesIn(place)).toEqual([]);
  });

  test("keeps what is younger than staleMs", async () => {
    mkdirSync(place.lockPath);
    const { error } = await refusalOf(() => acquireFileLock(place.target, { ...BRIEF, staleMs: 30_000 }));
    expect((error as FileLockError).hint).toContain("it was not removed: it has not been left alone for staleMs");
    expect(existsSync(place.lockPath)).toBe(true);
  });

  test("keeps what is touched", async () => {
    leaveDirectory();
    const beat = setInterval(() => utimesSync(place.lockPath, Date.now() / 1000, Date.now() / 1000), 200);
    const { code } = await refusalOf(() => acquireFileLock(place.target, BRIEF));
    clearInterval(beat);
    expect(code).toBe("file_lock_foreign");
    expect(existsSync(place.lockPath)).toBe(true);
  });

  test("keeps what names a process that lives", async () => {
    leavePidFile(process.pid);
    const { error } = await refusalOf(() => acquireFileLock(place.target, BRIEF));
    const { hint, holder, message } = error as FileLockError;
    expect(hint).toContain("the process that it names lives");
    expect(holder).toMatchObject({ pid: process.pid, verdict: "foreign" });
    expect(message).toContain(`made by pid ${process.pid} (${holder?.command})`);
    expect(readFileSync(place.lockPath, "utf8")).toBe(`${process.pid}\n`);
  });

  test("keeps what a process has open", async () => {
    writeAged(place.lockPath, '{\n  "pid": 12', HOUR_MS);
    const user = spawn("sh", ["-c", `exec 9<"$0"; echo open; exec sleep 600`, place.lockPath]);
    await once(user.stdout, "data");
    const { error } = await refusalOf(() => acquireFileLock(place.target, BRIEF));
    user.kill("SIGKILL");
    expect((error as FileLockError).hint).toContain("a process has it open");
    expect(existsSync(place.lockPath)).toBe(true);
  });

  test.each([
    ["a directory with files in it", () => mkdirSync(join(place.lockPath, "sub"), { recursive: true })],
    ["garbage", () => writeAged(place.lockPath, "not a lock", HOUR_MS)],
  ])("never takes %s", async (_what, leave) => {
    leave();
    age(place.lockPath);
    const { error } = await refusalOf(() => acquireFileLock(place.target, BRIEF));
    expect((error as FileLockError).hint).toContain("removeForeign takes no such thing away");
    expect(existsSync(place.lockPath)).toBe(true);
  });

  test("is no removal where reclaiming is forbidden", async () => {
    leaveDirectory();
    const { error } = await refusalOf(() => acquireFileLock(place.target, { ...BRIEF, reclaim: false }));
    expect((error as FileLockError).hint).toContain("reclaim is false");
    expect(existsSync(place.lockPath)).toBe(true);
  });

  test.each([
    ["is touched", () => utimesSync(place.lockPath, 1, 1)],
    ["gets a file", () => writeFileSync(join(place.lockPath, "file"), "")],
    [
      "is made anew",
      () => {
        mkdirSync(`${place.lockPath}.new`);
        rmdirSync(place.lockPath);
        mkdirSync(place.lockPath);
        age(place.lockPath);
        rmdirSync(`${place.lockPath}.new`);
      },
    ],
  ])("leaves a directory alone that %s under the guard", async (_what, change) => {
    leaveDirectory();
    await isInterrupted("reclaim:guarded", change);
    expect(namesIn(place)).toEqual(["data.json.lock"]);
    expect(lstatSync(place.lockPath).isDirectory()).toBe(true);
  });

  test("leaves a directory alone that gets a file just before it is removed", async () => {
    leaveDirectory();
    atPoint("reclaim:rejudged", () => writeFileSync(join(place.lockPath, "file"), ""));
    const { code, error } = await refusalOf(() => acquireFileLock(place.target, BRIEF));
    expect(code).toBe("file_lock_foreign");
    expect((error as FileLockError).kind).toBe("directory");
    expect(namesIn(place)).toEqual(["data.json.lock"]);
  });

  test("leaves a file alone that is replaced by the same bytes under the guard", async () => {
    leavePidFile(deadPid());
    await isInterrupted("reclaim:guarded", () => {
      rmSync(place.lockPath);
      leavePidFile(deadPid());
    });
    expect(namesIn(place)).toEqual(["data.json.lock"]);
    expect(readFileSync(place.lockPath, "utf8")).toBe(`${deadPid()}\n`);
  });

  test.each(["reclaim:rejudged", "reclaim:unlinked", "reclaim:published"] as const)(
    "that is interrupted at %s leaves no guard and no lock of ours",
    async (point) => {
      leavePidFile(deadPid());
      interruptAt(point);
      const { code } = await refusalOf(() => acquireFileLock(place.target, ASKED));
      expect(code).toContain("interrupted");
      const isRemoved = point === "reclaim:unlinked" || point === "reclaim:published";
      expect(namesIn(place)).toEqual(isRemoved ? [] : ["data.json.lock"]);
    },
  );

  test("is none of the sweep's", async () => {
    leavePidFile(deadPid());
    expect(await sweepLock(place.lockPath, { staleMs: 10 })).toMatchObject({ removed: false, kind: "pid-file" });
    expect(existsSync(place.lockPath)).toBe(true);
  });
});

describe("abandonment", () => {
  test("is not known where processes cannot be seen", async () => {
    leavePidFile(deadPid());
    const policy = { staleMs: 10, trustPids: false };
    const { Subject } = await import("../src/subject.js");
    const { FileClock } = await import("../src/clock.js");
    const finding = new Subject(place.lockPath, new FileClock(place.directory), nodeSystem, policy).look()!;
    const evidence = Object.create(finding.evidence, { silentMs: { value: HOUR_MS } });
    const elsewhere = { ...nodeSystem, self: () => ({ ...nodeSystem.self(), pidNamespace: "pid:[1]" }) };
    expect(abandonmentOf({ ...finding, evidence }, elsewhere)).toBe("cannot-see");
    const trusting = { ...finding, evidence, policy: { ...policy, trustPids: true } };
    if (process.platform === "linux") expect(abandonmentOf(trusting, elsewhere)).toBe("abandoned");
  });
});
