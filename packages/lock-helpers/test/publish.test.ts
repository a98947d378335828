import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { linkSync, lstatSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { validateLockPayload } from "../src/generated/validate-payload.js";
import { acquireFileLock, acquireFileLockSync, type FileLockError } from "../src/index.js";
import { candidatePath, markerPath, newToken } from "../src/paths.js";
import type { Point } from "../src/points.js";
import { shared } from "../src/shared.js";
import { atPoint, interruptAt, modeOf, namesIn, refusalOf, usePlace, writeAged } from "./support.js";

vi.mock("node:fs", async (importOriginal) => {
  const actual = await importOriginal<typeof fs>();
  return { ...actual, linkSync: vi.fn(actual.linkSync), writeSync: vi.fn(actual.writeSync) };
});

const place = usePlace();
const actual = await vi.importActual<typeof fs>("node:fs");
const failure = (code: string) => Object.assign(new Error(code), { code, syscall: "link", errno: -1 });

beforeEach(() => {
  vi.mocked(linkSync).mockReset().mockImplementation(actual.linkSync);
  vi.mocked(writeSync)
    .mockReset()
    .mockImplementation(actual.writeSync as typeof writeSync);
});

describe("a lock", () => {
  test("holds a payload of the writer's schema, keys in order, and one newline", async () => {
    const lock = await acquireFileLock(place.target, { purpose: "tests" });
    const text = readFileSync(place.lockPath, "utf8");
    const payload = JSON.parse(text);
    expect(validateLockPayload(payload)).toBe(true);
    expect(text).toBe(`${JSON.stringify(payload, null, 2)}\n`);
    const order = [..."pid createdAt starttime protocol token platform bootId pidNamespace timeNamespace".split(" ")];
    order.push(..."dev host heartbeatMs witness helper purpose".split(" "));
    expect(Object.keys(payload)).toEqual(order.filter((key) => key in payload));
    expect(payload.pid).toBe(process.pid);
    await lock.release();
  });

  test("has a new token and a new instant at each publication", async () => {
    const tokens = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const lock = await acquireFileLock(place.target);
      tokens.add(JSON.parse(readFileSync(place.lockPath, "utf8")).token);
      await lock.release();
    }
    expect(tokens.size).toBe(3);
  });

  test("has mode 0444 whatever the umask", async () => {
    for (const mask of [0, 0o027, 0o777]) {
      const before = process.umask(mask);
      const lock = await acquireFileLock(place.target);
      process.umask(before);
      expect(modeOf(place.lockPath)).toBe(0o444);
      await lock.release();
    }
  });

  test("stands alone in the directory while it is held, and leaves nothing", async () => {
    const lock = acquireFileLockSync(place.target);
    expect(namesIn(place)).toEqual(["data.json.lock"]);
    lock.releaseSync();
    expect(namesIn(place)).toEqual([]);
  });

  test("is one for all names of its directory", async () => {
    const real = join(place.directory, "real");
    fs.mkdirSync(real);
    fs.symlinkSync(real, join(place.directory, "link"));
    const lock = await acquireFileLock(join(place.directory, "link", "x"));
    expect(lock.lockPath).toBe(join(real, "x.lock"));
    expect(lock.target).toBe(join(real, "x"));
    await lock.release();
  });
});

describe("without hard links", () => {
  test.each(["EPERM", "ENOTSUP", "ENOSYS", "EXDEV", "EMLINK", "EACCES"])("%s: is created in place", async (code) => {
    vi.mocked(linkSync).mockImplementation(() => {
      throw failure(code);
    });
    const lock = await acquireFileLock(place.target);
    expect(namesIn(place)).toEqual(["data.json.lock"]);
    expect(modeOf(place.lockPath)).toBe(0o444);
    expect(lock.verify()).toBe(true);
    expect((await refusalOf(() => acquireFileLock(place.target, { timeoutMs: 0 }))).code).toBe("file_lock_timeout");
    await lock.release();
    expect(namesIn(place)).toEqual([]);
  });

  test("a lock that appeared meanwhile is left alone", async () => {
    vi.mocked(linkSync).mockImplementation(() => {
      throw failure("EPERM");
    });
    atPoint("acquire:candidate", () => writeFileSync(place.lockPath, '{"pid":1}'));
    expect((await refusalOf(() => acquireFileLock(place.target, { timeoutMs: 0 }))).code).toBe("file_lock_timeout");
    expect(readFileSync(place.lockPath, "utf8")).toBe('{"pid":1}');
  });

  test("a write that fails halfway leaves nothing", async () => {
    vi.mocked(linkSync).mockImplementation(() => {
      vi.mocked(writeSync).mockImplementation(() => {
        throw failure("ENOSPC");
      });
      throw failure("EPERM");
    });
    expect((await refusalOf(() => acquireFileLock(place.target))).code).toBe("file_lock_io");
    expect(namesIn(place)).toEqual([]);
  });
});

describe("publication", () => {
  test("goes on where the reply of link was lost", async () => {
    vi.mocked(linkSync).mockImplementationOnce((from, to) => {
      actual.linkSync(from, to);
      throw failure("EEXIST");
    });
    const lock = await acquireFileLock(place.target, { timeoutMs: 0 });
    expect(lock.verify()).toBe(true);
    await lock.release();
    expect(namesIn(place)).toEqual([]);
  });

  test("begins again when its candidate was swept", async () => {
    atPoint("acquire:candidate", () => {
      for (const name of namesIn(place)) fs.unlinkSync(join(place.directory, name));
    });
    const lock = await acquireFileLock(place.target, { timeoutMs: 0 });
    expect(lock.verify()).toBe(true);
    await lock.release();
  });

  test("continues a short write", async () => {
    vi.mocked(writeSync).mockImplementation(((fd: number, bytes: Buffer, offset: number, length: number) =>
      actual.writeSync(fd, bytes, offset, Math.min(length, 7))) as typeof writeSync);
    const lock = await acquireFileLock(place.target);
    expect(validateLockPayload(JSON.parse(readFileSync(place.lockPath, "utf8")))).toBe(true);
    await lock.release();
  });

  test("a full disk is an error with its errno, and leaves nothing", async () => {
    vi.mocked(writeSync).mockImplementation(() => {
      throw failure("ENOSPC");
    });
    const { code, error } = await refusalOf(() => acquireFileLock(place.target));
    expect(code).toBe("file_lock_io");
    expect((error as FileLockError).errno).toBe("ENOSPC");
    expect(namesIn(place)).toEqual([]);
  });

  test.each<Point>(["acquire:looked", "acquire:candidate", "acquire:linked"])(
    "interrupted at %s leaves nothing",
    async (point) => {
      interruptAt(point);
      await expect(acquireFileLock(place.target)).rejects.toThrow("interrupted");
      expect(namesIn(place)).toEqual([]);
      expect(shared.owned.size).toBe(0);
    },
  );

  test("does not replace a lock that appeared after the look", async () => {
    atPoint("acquire:candidate", () => writeFileSync(place.lockPath, '{"pid":1}'));
    expect((await refusalOf(() => acquireFileLock(place.target, { timeoutMs: 0 }))).code).toBe("file_lock_timeout");
    expect(readFileSync(place.lockPath, "utf8")).toBe('{"pid":1}');
    expect(namesIn(place)).toEqual(["data.json.lock"]);
  });
});

describe("sweeping", () => {
  test("removes old candidates at the first acquire in a directory, and no young ones", async () => {
    const [old, young, other] = [newToken(), newToken(), ".openclaw-lock-short.tmp"] as const;
    writeAged(candidatePath(place.directory, old), "x", 31_000);
    writeFileSync(candidatePath(place.directory, young), "x");
    writeAged(join(place.directory, other), "x", 31_000);
    await (await acquireFileLock(place.target)).release();
    expect(namesIn(place)).toEqual([`.openclaw-lock-${young}.tmp`, other].sort());
  });

  test("removes old markers of what is gone, and none of what is there", async () => {
    const guard = `${place.lockPath}.reclaim`;
    const [dead, gone] = [Buffer.from("dead guard"), Buffer.from("broken guard")];
    writeAged(join(place.directory, "other.json.lock.reclaim"), dead.toString(), 31_000);
    const needed = markerPath(join(place.directory, "other.json.lock.reclaim"), dead);
    writeAged(needed, "x", 31_000);
    writeAged(markerPath(guard, gone), "x", 31_000);
    writeFileSync(markerPath(guard, Buffer.from("young")), "x");
    await (await acquireFileLock(place.target)).release();
    const left = [basename(needed), basename(markerPath(guard, Buffer.from("young"))), "other.json.lock.reclaim"];
    expect(namesIn(place)).toEqual(left.sort());
  });

  test("removes witnesses that were never finished, when they are old", async () => {
    const [old, young] = [".openclaw-lock-0123456789abcdef.tmp", ".openclaw-lock-fedcba9876543210.tmp"] as const;
    writeAged(join(place.directory, old), "", 31_000);
    writeFileSync(join(place.directory, young), "");
    await (await acquireFileLock(place.target)).release();
    expect(namesIn(place)).toEqual([young]);
  });

  test("removes old witnesses that refuse and that nothing names, and no others", async () => {
    const names = Array.from({ length: 6 }, (_, number) => `.openclaw-lock-${String(number).repeat(16)}.sock`);
    const [unnamed, byLock, byGuard, byMarker, young, living] = names as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const script = `
      const [directory, ...names] = process.argv.slice(1);
      const ends = names.map((name) => new Promise((resolve) => require("net").createServer().listen(directory + name, resolve)));
      Promise.all(ends).then(() => process.kill(process.pid, "SIGKILL"));`;
    execFileSync("sh", ["-c", '"$@" || true', "sh", process.execPath, "-e", script, `${place.directory}/`, ...names], {
      stdio: "ignore",
    });
    fs.unlinkSync(join(place.directory, living));
    const server = createServer().listen({ path: join(place.directory, living), exclusive: true });
    const then = Date.now() / 1000 - 31;
    for (const name of names) if (name !== young) fs.utimesSync(join(place.directory, name), then, then);
    const naming = (witness: string) => JSON.stringify({ pid: 1, witness });
    writeFileSync(join(place.directory, "other.lock"), naming(byLock));
    writeFileSync(join(place.directory, "other.lock.reclaim"), naming(byGuard));
    writeFileSync(
      markerPath(join(place.directory, "other.lock.reclaim"), Buffer.from(naming(byGuard))),
      naming(byMarker),
    );
    await (await acquireFileLock(place.target)).release();
    await vi.waitUntil(() => !fs.existsSync(join(place.directory, unnamed)));
    // Nothing is left to wait for: the sweep unlinks all that it unlinks in one go.
    for (const name of [byLock, byGuard, byMarker, young, living]) expect(namesIn(place)).toContain(name);
    server.close();
  });

  test("what could not be removed is removed at the next acquire", async () => {
    const lock = await acquireFileLock(place.target);
    const aside = join(place.directory, "aside");
    atPoint("acquire:linked", () => {
      // The name of the new lock's candidate cannot be unlinked while a directory has taken it.
      const name = namesIn(place).find((found) => found.endsWith(".tmp"))!;
      fs.unlinkSync(join(place.directory, name));
      fs.mkdirSync(join(place.directory, name));
    });
    const second = await acquireFileLock(aside);
    const name = namesIn(place).find((found) => found.endsWith(".tmp"))!;
    expect(shared.owned.size).toBe(3);
    fs.rmdirSync(join(place.directory, name));
    writeFileSync(join(place.directory, name), "");
    await second.release();
    expect(namesIn(place)).toEqual(["data.json.lock"]);
    await lock.release();
    expect(shared.owned.size).toBe(0);
  });
});

test("the holder keeps the lock's own inode open until release", async () => {
  const lock = await acquireFileLock(place.target);
  const { ino } = lstatSync(place.lockPath);
  const open = () =>
    fs.readdirSync("/proc/self/fd").filter((fd) => {
      try {
        return fs.statSync(`/proc/self/fd/${fd}`).ino === ino;
      } catch {
        return false;
      }
    }).length;
  expect(open()).toBe(1);
  await lock.release();
  expect(open()).toBe(0);
});
