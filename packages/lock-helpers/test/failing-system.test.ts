import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { errnoOf } from "../src/errors.js";
import { nodeSystem } from "../src/identity.js";
import { acquireFileLock, type FileLockError, withFileLock } from "../src/index.js";
import { isOpenAnywhere } from "../src/search.js";
import { discard, own, shared } from "../src/shared.js";
import { type Driver, startDriver } from "./drivers.js";
import { atPoint, deadPayload, interruptAt, namesIn, refusalOf, usePlace } from "./support.js";

const place = usePlace();

const failing = (code: string) => Object.assign(new Error(`${code}: failed`), { code, syscall: "unlink" });
const failRelease = () =>
  atPoint("release:compared", () => {
    throw failing("EIO");
  });

/** Whether every thread of the process is traced. */
function isTraced(pid: number): boolean {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.every((id) => /TracerPid:\t[1-9]/.test(readFileSync(`/proc/${pid}/task/${id}/status`, "utf8")));
}

/** Runs `act` while the nth of these system calls of the process fails in this way. Says whether that has happened. */
async function injecting(
  { process: child }: Driver,
  call: string,
  how: string,
  nth: number,
  act: () => Promise<void>,
): Promise<boolean> {
  const log = join(place.directory, "..", `strace-${child.pid}`);
  const filters = ["-e", `trace=${call}`, "-e", `inject=${call}:${how}:when=${nth}`];
  const tracer = spawn("strace", ["-f", "-qq", "-o", log, ...filters, "-p", String(child.pid)], { stdio: "ignore" });
  const ended = once(tracer, "exit");
  while (!isTraced(child.pid!)) await sleep(2);
  await act();
  tracer.kill("SIGINT");
  await ended;
  const told = readFileSync(log, "utf8");
  rmSync(log);
  return told.includes("(INJECTED)");
}

// It may be there, and not be allowed to trace.
const ATTACH =
  "sleep 60 & timeout -s INT 1 strace -qq -o /dev/null -p $!; test $? = 124; isAttached=$?; kill $!; exit $isAttached";
const canTrace = process.platform === "linux" && spawnSync("sh", ["-c", ATTACH], { stdio: "ignore" }).status === 0;

describe.runIf(canTrace)("a system call that fails", () => {
  let driver: Driver;

  beforeEach(async () => {
    driver = startDriver();
    await driver.ask("acquire", { target: place.target, handle: "warm" });
    await driver.ask("release", { handle: "warm" });
  });

  const FAULTS: readonly [call: string, how: string, codes: readonly string[]][] = [
    ["openat", "error=EMFILE", ["file_lock_io EMFILE"]],
    ["openat", "error=EACCES", ["file_lock_permission EACCES"]],
    ["openat", "error=EDQUOT", ["file_lock_io EDQUOT"]],
    ["statx", "error=EIO", ["file_lock_io EIO"]],
    ["fchmod", "error=EIO", ["file_lock_io EIO"]],
    ["link", "error=ENOSPC", ["file_lock_io ENOSPC"]],
    ["unlink", "error=EROFS", ["file_lock_permission EROFS"]],
    ["close", "error=EIO", []],
  ];

  test.each(FAULTS)(
    "%s with %s is told, leaves nothing, and is over when it is over",
    async (call, how, codes) => {
      const said = new Set<string>();
      for (let nth = 1; nth <= 12; nth++) {
        // The driver's own answers are written, too.
        if (call === "write" && nth > 1) break;
        writeFileSync(place.lockPath, deadPayload());
        const handle = `lock-${nth}`;
        const ask = async (verb: string, fields: object = {}) => {
          const reply = await driver.ask(verb, { handle, ...fields });
          if (reply?.["status"] === "refused") said.add(`${reply["code"]} ${reply.error?.["errno"]}`);
          return reply?.["status"];
        };
        const isInjected = await injecting(driver, call, how, nth, async () => {
          const got = await ask("acquire", { target: place.target, options: { timeoutMs: 200 } });
          expect(["ok", "refused"]).toContain(got);
          if (got === "ok") expect(["ok", "refused"]).toContain(await ask("release"));
        });
        await driver.ask("release", { handle });
        const later = { target: place.target, handle: `later-${nth}`, options: { timeoutMs: 3_000 } };
        expect(await driver.ask("acquire", later)).toMatchObject({ status: "ok" });
        await driver.ask("release", { handle: `later-${nth}` });
        expect(namesIn(place)).toEqual([]);
        if (!isInjected) break;
      }
      expect([...said].sort()).toEqual(codes);
    },
    60_000,
  );

  test("on a handle that a server has forgotten passes", async () => {
    const isInjected = await injecting(driver, "openat", "error=ESTALE", 1, async () => {
      expect(await driver.ask("acquire", { target: place.target, handle: "x" })).toMatchObject({ status: "ok" });
    });
    expect(isInjected).toBe(true);
  });
});

describe("what cannot be removed now", () => {
  test("is removed later, where a with-form has ended, whose error says so", async () => {
    failRelease();
    const { code, error } = await refusalOf(() => withFileLock(place.target, () => {}));
    expect(code).toBe("file_lock_io");
    expect((error as FileLockError).errno).toBe("EIO");
    expect(namesIn(place)).toEqual([]);
    await (await acquireFileLock(place.target, { timeoutMs: 0 })).release();
  });

  test("stays held, where it can be released again", async () => {
    const lock = await acquireFileLock(place.target);
    failRelease();
    expect((await refusalOf(() => lock.release())).code).toBe("file_lock_io");
    expect(lock.verify()).toBe(true);
    await lock.release();
    expect(namesIn(place)).toEqual([]);
  });

  test("is removed in a process that goes on and takes no lock any more", async () => {
    mkdirSync(place.lockPath);
    discard(own(place.lockPath, undefined));
    expect(existsSync(place.lockPath)).toBe(true);
    rmdirSync(place.lockPath);
    writeFileSync(place.lockPath, "");
    while (existsSync(place.lockPath)) await sleep(20);
    expect([...shared.owned]).toEqual([]);
  });
});

describe("an error", () => {
  test("that Node has no name for has the system's", () => {
    const stale = Object.assign(new Error("unknown"), { code: "UNKNOWN", errno: -116, syscall: "open" });
    if (process.platform === "linux") expect(errnoOf(stale)).toBe("ESTALE");
    const quota = Object.assign(new Error("unknown"), {
      code: "Unknown system error -122",
      errno: -122,
      syscall: "open",
    });
    if (process.platform === "linux") expect(errnoOf(quota)).toBe("EDQUOT");
  });

  test("of a search for want of descriptors is no absence", () => {
    const file = { dev: "1", ino: "1" };
    const fail = (code: string) => ({
      ...nodeSystem,
      descriptors: () => {
        throw failing(code);
      },
    });
    if (process.platform !== "linux") return;
    expect(isOpenAnywhere(fail("EMFILE"), file)).toBe("unknown");
    expect(isOpenAnywhere(fail("EACCES"), file)).toMatch(/^none/);
  });

  test("of whoever interrupts a publication leaves nothing", async () => {
    interruptAt("acquire:linked");
    expect((await refusalOf(() => acquireFileLock(place.target))).code).toContain("interrupted");
    expect(namesIn(place)).toEqual([]);
  });
});
