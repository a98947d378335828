import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { nodeSystem } from "../src/identity.js";
import { acquireFileLock, type FileLockError, inspectFileLock } from "../src/index.js";
import { kernelLocksOf } from "../src/kernel-locks.js";
import { deadPayload, refusalOf, usePlace, writeAged } from "./support.js";

const place = usePlace();
const running: ChildProcess[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
});

const PYTHON = `
import fcntl, os, struct, sys
path, kind = sys.argv[1:3]
file = os.open(path, os.O_RDWR)
if kind == "flock":
    fcntl.flock(file, fcntl.LOCK_EX)
elif kind == "shared":
    fcntl.flock(file, fcntl.LOCK_SH)
elif kind == "fcntl":
    fcntl.lockf(file, fcntl.LOCK_EX)
elif kind == "ofd":
    fcntl.fcntl(file, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
print("locked", flush=True)
sys.stdin.readline()
`;

async function holds(path: string, kind: "flock" | "shared" | "fcntl" | "ofd" | "open"): Promise<number> {
  const child = spawn("python3", ["-c", PYTHON, path, kind], { stdio: ["pipe", "pipe", "inherit"] });
  running.push(child);
  await once(child.stdout, "data");
  return child.pid!;
}

const commandOf = (pid: number) => readFileSync(`/proc/${pid}/comm`, "utf8").trim();

describe.runIf(process.platform === "linux")("a lock of the kernel", () => {
  test.each([
    ["flock", "flock", "WRITE"],
    ["shared", "flock", "READ"],
    ["fcntl", "fcntl", "WRITE"],
    ["ofd", "ofd", "WRITE"],
  ] as const)("on the target, by %s, is told and is no obstacle", async (kind, type, access) => {
    writeFileSync(place.target, "{}");
    const pid = await holds(place.target, kind);
    const due = { on: "target", type, access, pid, command: commandOf(pid) };
    expect(inspectFileLock(place.target)).toMatchObject({ verdict: "free", kernelLocks: [due] });
    const lock = await acquireFileLock(place.target, { timeoutMs: 0 });
    const { error } = await refusalOf(() => acquireFileLock(place.target, { timeoutMs: 20 }));
    const { message, kernelLocks } = error as FileLockError;
    expect(kernelLocks).toEqual([due]);
    expect(message).toContain(`; ${place.target} is locked with ${type} by pid ${pid} (${due.command})`);
    await lock.release();
  });

  test("on both is told of the lock first", async () => {
    writeFileSync(place.target, "{}");
    const lock = await acquireFileLock(place.target);
    const pids = [await holds(place.target, "flock")];
    const reader = spawn("flock", ["-s", lock.lockPath, "sh", "-c", "echo locked; exec sleep 600"]);
    running.push(reader);
    await once(reader.stdout, "data");
    const { error } = await refusalOf(() => acquireFileLock(place.target, { timeoutMs: 20 }));
    expect((error as FileLockError).kernelLocks).toMatchObject([
      { on: "lock", type: "flock", access: "READ" },
      { on: "target", pid: pids[0] },
    ]);
    await lock.release();
  });

  test("of a lock that may not be reclaimed is told", async () => {
    writeFileSync(place.target, "{}");
    const pid = await holds(place.target, "fcntl");
    writeFileSync(place.lockPath, deadPayload());
    const { code, error } = await refusalOf(() => acquireFileLock(place.target, { reclaim: false }));
    expect(code).toBe("file_lock_stale");
    expect((error as FileLockError).kernelLocks).toMatchObject([{ on: "target", pid }]);
  });

  test("is nobody's where two have the file of an open file description open", async () => {
    writeFileSync(place.target, "{}");
    await holds(place.target, "ofd");
    await holds(place.target, "open");
    const [lock] = inspectFileLock(place.target).kernelLocks;
    expect(lock).toEqual({ on: "target", type: "ofd", access: "WRITE" });
  });

  test("on a file that the target links to is the target's", async () => {
    const real = join(place.directory, "real");
    writeFileSync(real, "{}");
    symlinkSync(real, place.target);
    const pid = await holds(real, "flock");
    expect(inspectFileLock(place.target).kernelLocks).toMatchObject([{ on: "target", pid }]);
  });

  test("that a shell goes on with, when flock(1) has ended, is the shell's", async () => {
    writeFileSync(place.target, "{}");
    const script = 'exec 9>>"$0"; flock 9; echo locked; read line';
    const shell = spawn("bash", ["-c", script, place.target], { stdio: ["pipe", "pipe", "inherit"] });
    running.push(shell);
    await once(shell.stdout, "data");
    expect(inspectFileLock(place.target).kernelLocks).toEqual([
      { on: "target", type: "flock", access: "WRITE", pid: shell.pid, command: "bash" },
    ]);
  });

  test("names the kind of what it is on, whoever wrote a process id there", async () => {
    writeAged(place.lockPath, "1\n", 5_000);
    const pid = await holds(place.lockPath, "fcntl");
    const { error } = await refusalOf(() => acquireFileLock(place.target, { foreignTimeoutMs: 20 }));
    const { kind, message, kernelLocks } = error as FileLockError;
    expect(kind).toBe("fcntl");
    expect(kernelLocks).toMatchObject([{ on: "lock", type: "fcntl", access: "WRITE", pid }]);
    expect(message).toContain(`is a file that a program has locked with fcntl, as fasteners and lockf do`);
    expect(message).toMatch(new RegExp(`pid ${pid} \\(.*end that program, or let it use this contract`));
  });

  test("that cannot be read says nothing", () => {
    writeFileSync(place.target, "{}");
    const refuse = () => {
      throw Object.assign(new Error("EACCES"), { code: "EACCES", syscall: "open" });
    };
    expect(kernelLocksOf(place.lockPath, place.target, { ...nodeSystem, readFile: refuse })).toEqual([]);
    expect(kernelLocksOf("\0", "\0", nodeSystem)).toEqual([]);
  });

  test("of a /proc that is another namespace's has no pid", async () => {
    writeFileSync(place.target, "{}");
    await holds(place.target, "flock");
    const elsewhere = { ...nodeSystem, readLink: () => "4711" };
    expect(kernelLocksOf(place.lockPath, place.target, elsewhere)).toEqual([
      { on: "target", type: "flock", access: "WRITE" },
    ]);
  });
});
