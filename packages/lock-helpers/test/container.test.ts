import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { askWitness } from "../src/ask-witness.js";
import {
  acquireFileLock,
  acquireFileLockSync,
  type FileLockError,
  type FileLockOptions,
  inspectFileLock,
} from "../src/index.js";
import { markerPath } from "../src/paths.js";
import { type LockPayload, serialisePayload } from "../src/payload.js";
import { setPointHook } from "../src/points.js";
import { BOTH, start, startHolder } from "./children.js";
import { atPoint, deadPid, namesIn, payloadOf, refusalOf, usePlace, writeAged } from "./support.js";

const place = usePlace();
const NAME = ".openclaw-lock-0123456789abcdef.sock";
const OTHER_BOOT = { bootId: "00000000-0000-4000-8000-000000000000" };
const socketPath = () => join(place.directory, NAME);
const takeAtOnce = (options: FileLockOptions = {}) => acquireFileLock(place.target, { timeoutMs: 0, ...options });

let server: Server | undefined;

beforeEach(() => {
  server = undefined;
});

afterEach(() => server?.close());

/** A witness of this process; without a name, its socket is closed and refuses. */
function listen(): void {
  server = createServer((socket) => socket.destroy()).listen({ path: socketPath(), exclusive: true });
}

function leaveDeadSocket(): void {
  // Only a killed process leaves its socket.
  const script = `require("net").createServer().listen({ path: process.argv[1] }, () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", script, socketPath()]);
}

/** A lock of ours from somewhere else, with a witness. */
function foreignPayload(more: Partial<LockPayload> = {}): Buffer {
  const dev = String(statSync(place.directory).dev);
  const { pid = deadPid(), ...rest } = more;
  return payloadOf(pid, { pidNamespace: "pid:[1]", starttime: 1, dev, witness: NAME, ...rest });
}

describe("asking a witness", () => {
  test("that listens: it answers", async () => {
    listen();
    expect(await askWitness(place.directory, NAME)).toBe("answers");
  });

  test("whose process was killed: it refuses", async () => {
    leaveDeadSocket();
    expect(await askWitness(place.directory, NAME)).toBe("refused");
  });

  test("whose backlog is full, since its process is blocked: it answers", async () => {
    const child = start(`
      import { createServer } from "node:net";
      createServer().listen({ path: ${JSON.stringify(socketPath())}, backlog: 1 }, () => {
        console.log("listening");
        setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
      });`);
    await child.line();
    for (let connection = 0; connection < 8; connection++) {
      expect(await askWitness(place.directory, NAME)).toBe("answers");
    }
  });

  test.each<[string, () => void]>([
    ["nothing", () => {}],
    ["a file", () => writeFileSync(socketPath(), "")],
    ["a directory", () => mkdirSync(socketPath())],
    [
      "a link to a listening socket",
      () => {
        server = createServer().listen({ path: join(place.directory, "real"), exclusive: true });
        symlinkSync("real", socketPath());
      },
    ],
  ])("that is %s: unknown", async (_what, make) => {
    make();
    expect(await askWitness(place.directory, NAME)).toBe("unknown");
  });
});

describe("a lock with a witness", () => {
  test("that answers is held, however dead its pid looks and however old it is", async () => {
    listen();
    writeAged(place.lockPath, foreignPayload(), 86_400_000);
    expect(inspectFileLock(place.target)).toMatchObject({
      verdict: "held",
      reason: "witness-answers",
      conclusive: true,
    });
    for (const trustPids of [false, true]) {
      const { code, error } = await refusalOf(() => takeAtOnce({ trustPids }));
      expect(code).toBe("file_lock_timeout");
      expect((error as FileLockError).holder).toMatchObject({ verdict: "held", reason: "witness-answers" });
      expect((error as FileLockError).holder?.command).toBeUndefined();
    }
    expect((await refusalOf(() => acquireFileLockSync(place.target, { timeoutMs: 0 }))).code).toBe("file_lock_timeout");
  });

  test("that refuses is taken at once, with no time left, in both forms", async () => {
    leaveDeadSocket();
    writeFileSync(place.lockPath, foreignPayload());
    expect(inspectFileLock(place.target)).toMatchObject({
      verdict: "stale",
      reason: "witness-refused",
      conclusive: true,
    });
    await (await takeAtOnce()).release();
    writeFileSync(place.lockPath, foreignPayload());
    acquireFileLockSync(place.target, { timeoutMs: 0 }).releaseSync();
    expect(namesIn(place)).toEqual([NAME]);
  });

  test("is taken over when its holder dies, by one who waits, and not before", async () => {
    const holder = await startHolder(place.target, { witness: "always" });
    const payload = JSON.parse(readFileSync(place.lockPath, "utf8"));
    // As a neighbour sees it: nothing but the witness can tell.
    writeFileSync(`${place.lockPath}.new`, foreignPayload({ ...payload, pidNamespace: "pid:[1]", pid: deadPid() }));
    rmSync(place.lockPath);
    writeFileSync(place.lockPath, readFileSync(`${place.lockPath}.new`));
    let killed: Promise<void> | undefined;
    const lock = await acquireFileLock(place.target, {
      onWait: ({ holder: seen }) => {
        expect(seen).toMatchObject({ verdict: "held", reason: "witness-answers" });
        killed ??= holder.kill();
      },
    });
    expect(killed).toBeDefined();
    await lock.release();
  });

  test("of a living reclaimer: its guard stays", async () => {
    listen();
    writeAged(place.guardPath, foreignPayload(), 86_400_000);
    const { error } = await refusalOf(() => takeAtOnce({ trustPids: true }));
    expect(error).toMatchObject({
      code: "file_lock_timeout",
      path: place.guardPath,
      holder: { reason: "witness-answers" },
    });
    expect(namesIn(place)).toEqual([NAME, "data.json.lock.reclaim"]);
  });

  test("is not judged by an answer about other bytes: a successor under the guard is left alone", async () => {
    leaveDeadSocket();
    writeFileSync(place.lockPath, foreignPayload());
    const successor = foreignPayload();
    atPoint("reclaim:guarded", () => {
      rmSync(socketPath());
      listen();
      writeFileSync(place.lockPath, successor);
    });
    const { error } = await refusalOf(() => takeAtOnce());
    expect((error as FileLockError).holder?.reason).toBe("witness-answers");
    expect(readFileSync(place.lockPath)).toEqual(successor);
    expect(namesIn(place)).toEqual([NAME, "data.json.lock"]);
  });

  test("that nobody has asked under the guard is asked before its lock is removed", async () => {
    listen();
    const bystander = spawn("sleep", ["600"]);
    await once(bystander, "spawn");
    // Its pid is gone at first, so nothing is asked; then it is another process's, of unknown start.
    const { starttime: _start, ...payload } = JSON.parse(payloadOf(bystander.pid!, { witness: NAME }).toString());
    writeAged(place.lockPath, serialisePayload(payload), 60_000);
    const kill = vi.spyOn(process, "kill").mockImplementation(() => {
      throw Object.assign(new Error("ESRCH"), { code: "ESRCH" });
    });
    atPoint("reclaim:guarded", () => kill.mockRestore());
    const { error } = await refusalOf(() => takeAtOnce());
    expect((error as FileLockError).holder?.reason).toBe("witness-answers");
    bystander.kill("SIGKILL");
  });

  test("is not kept open by a program that its holder has started", async () => {
    const holder = start(`${BOTH}
      import { spawn } from "node:child_process";
      const lock = await esm.acquireFileLock(${JSON.stringify(place.target)}, { witness: "always" });
      const child = spawn("sleep", ["600"], { stdio: "ignore", detached: true });
      child.on("spawn", () => console.log(child.pid, lock.witness));
      setInterval(() => {}, 1000);`);
    const [pid, witness] = (await holder.line())!.split(" ");
    await holder.kill();
    expect(await askWitness(place.directory, witness!)).toBe("refused");
    process.kill(Number(pid), "SIGKILL");
  });

  test("asks nobody between taking and dropping the guard", async () => {
    leaveDeadSocket();
    writeFileSync(place.lockPath, foreignPayload());
    let ticks = 0;
    const seen: number[] = [];
    const tick = () => {
      ticks++;
      timer = setImmediate(tick);
    };
    let timer = setImmediate(tick);
    setPointHook((point) => {
      if (point.startsWith("reclaim:")) seen.push(ticks);
    });
    const lock = await takeAtOnce();
    clearImmediate(timer);
    expect(seen).toHaveLength(6);
    expect(new Set(seen).size).toBe(1);
    await lock.release();
  });

  test("is not waited for when the wait is cancelled", async () => {
    listen();
    writeFileSync(place.lockPath, foreignPayload());
    const controller = new AbortController();
    const waiting = acquireFileLock(place.target, {
      signal: controller.signal,
      onWait: () => controller.abort("enough"),
    });
    await expect(waiting).rejects.toBe("enough");
  });
});

describe("silence", () => {
  test("of a lock from another boot counts once it was watched, and heartbeats were missed", async () => {
    writeAged(place.lockPath, foreignPayload({ ...OTHER_BOOT, heartbeatMs: 10_000 }), 31_000);
    const startedAt = performance.now();
    const lock = await acquireFileLock(place.target);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(2000);
    await lock.release();
  });

  test("is broken by a beat", async () => {
    writeAged(place.lockPath, foreignPayload({ ...OTHER_BOOT, heartbeatMs: 10_000 }), 31_000);
    const beats = setInterval(() => {
      const then = (Date.now() - 31_000) / 1000;
      utimesSync(place.lockPath, then, then);
    }, 1000);
    const { error } = await refusalOf(() => acquireFileLock(place.target, { timeoutMs: 4000 }));
    clearInterval(beats);
    expect((error as FileLockError).holder?.reason).toBe("other-domain");
  });

  test("shorter than three promised beats does not count, nor does it break a guard", async () => {
    writeAged(place.lockPath, foreignPayload({ ...OTHER_BOOT, heartbeatMs: 60_000 }), 170_000);
    const lock = refusalOf(() => acquireFileLock(place.target, { timeoutMs: 3000 }));
    writeAged(`${place.target}2.lock.reclaim`, foreignPayload(OTHER_BOOT), 86_400_000);
    const guard = refusalOf(() => acquireFileLock(`${place.target}2`, { timeoutMs: 6000 }));
    expect((await lock).code).toBe("file_lock_timeout");
    expect((await guard).error).toMatchObject({ code: "file_lock_timeout", holder: { verdict: "stale" } });
    expect(namesIn(place)).toEqual(["data.json.lock", "data.json2.lock.reclaim"]);
  });
});

describe("trusted pids", () => {
  test("let a dead holder's lock be taken at once where only silence could tell", async () => {
    const payload = foreignPayload(OTHER_BOOT);
    writeFileSync(place.lockPath, payload);
    const { error } = await refusalOf(() => takeAtOnce());
    expect((error as FileLockError).holder?.reason).toBe("other-domain");
    expect((error as FileLockError).hint).toContain("OPENCLAW_LOCKS_TRUST_PIDS=1");
    expect(inspectFileLock(place.target, { trustPids: true })).toMatchObject({
      verdict: "stale",
      reason: "pids-trusted",
    });
    await (await takeAtOnce({ trustPids: true })).release();
    writeFileSync(place.guardPath, payload);
    await (await takeAtOnce({ trustPids: true })).release();
  });
});

const CONTAINER = ["--pid", "--fork", "--kill-child", "--mount-proc"];
const UNSHARE = [
  ["unshare", ...CONTAINER],
  ["unshare", "--user", "--map-root-user", ...CONTAINER],
].find(([command, ...rest]) => spawnSync(command!, [...rest, "true"]).status === 0);

// From here no search of the machine decides: what is not in this namespace is not seen.
describe.runIf(UNSHARE)("in a PID namespace of its own", () => {
  const inside = (script: string) =>
    start(`${BOTH} const target = ${JSON.stringify(place.target)}; ${script}`, UNSHARE);
  const reasonInside = (options: FileLockOptions) =>
    inside(`
      try {
        await esm.acquireFileLock(target, ${JSON.stringify(options)});
        console.log("taken");
      } catch (error) {
        console.log(error.holder.reason);
        console.log(error.hint);
      }`);

  test.each(["acquireFileLock", "acquireFileLockSync"])(
    "a neighbour's lock is held until it is killed: %s",
    async (take) => {
      const holder = await startHolder(place.target, { witness: "auto" }, UNSHARE);
      const contender = inside(`
        console.log(esm.inspectFileLock(target).reason);
        const lock = await esm.${take}(target, {
          witness: "auto",
          onWait: ({ holder }) => console.log(holder.reason),
        });
        console.log(lock.verify());
        lock.releaseSync();`);
      expect(await contender.line()).toBe("witness-answers");
      expect(await contender.line()).toBe("witness-answers");
      await holder.kill();
      let line = await contender.line();
      while (line === "witness-answers") line = await contender.line();
      expect(line).toBe("true");
      await once(contender.process, "exit");
      expect(namesIn(place)).toHaveLength(1);
    },
  );

  test("a witness that refuses through another mount is no death", async () => {
    leaveDeadSocket();
    const here = String(statSync(place.directory).dev);
    for (const [dev, expected] of [
      ["1", "other-domain"],
      ["", "other-domain"],
      [here, "witness-refused"],
    ]) {
      writeFileSync(place.lockPath, foreignPayload({ dev: dev! }));
      expect(await inside("console.log(esm.inspectFileLock(target).reason);").line()).toBe(expected);
    }
  });

  test("guard and marker of reclaimers whose witness refuses are broken", async () => {
    leaveDeadSocket();
    const guard = foreignPayload();
    writeFileSync(place.guardPath, guard);
    writeFileSync(markerPath(place.guardPath, guard), foreignPayload());
    writeFileSync(place.lockPath, foreignPayload());
    expect(await reasonInside({ timeoutMs: 0 }).line()).toBe("taken");
  });

  test("guard and marker of reclaimers whose witness is gone are not", async () => {
    const guard = foreignPayload();
    writeFileSync(place.guardPath, guard);
    expect(await reasonInside({ timeoutMs: 0 }).line()).toBe("other-domain");
    expect(readFileSync(place.guardPath)).toEqual(guard);
  });

  test("silence of a neighbour without a witness says nothing: a stopped holder is silent too", async () => {
    writeAged(place.lockPath, foreignPayload(), 86_400_000);
    const contender = reasonInside({ timeoutMs: 3000 });
    expect(await contender.line()).toBe("other-domain");
    expect(await contender.line()).toMatch(/run: rm '.*data\.json\.lock'.*OPENCLAW_LOCKS_TRUST_PIDS=1/);
  });
});
