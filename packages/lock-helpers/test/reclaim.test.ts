import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, test } from "vitest";
import { acquireFileLock, acquireFileLockSync, type FileLockError } from "../src/index.js";
import { serialisePayload } from "../src/payload.js";
import { type Point, setPointHook } from "../src/points.js";
import { shared } from "../src/shared.js";
import {
  atPoint,
  deadPayload,
  deadPid,
  interruptAt,
  namesIn,
  openclawPayload,
  payloadOf,
  refusalOf,
  usePlace,
  writeAged,
} from "./support.js";

const place = usePlace();
const hashOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);
const markerOf = (bytes: Buffer) => `${place.guardPath}.${hashOf(bytes)}`;
const tryOnce = () => acquireFileLock(place.target, { timeoutMs: 0 });

async function takes(): Promise<void> {
  const lock = await tryOnce();
  expect(lock.verify()).toBe(true);
  expect(namesIn(place)).toEqual(["data.json.lock"]);
  await lock.release();
  expect(namesIn(place)).toEqual([]);
}

describe("a dead holder's lock", () => {
  test("is taken at once, also with no time left", async () => {
    writeFileSync(place.lockPath, deadPayload());
    await takes();
  });

  test("is taken synchronously as well", () => {
    writeFileSync(place.lockPath, deadPayload());
    acquireFileLockSync(place.target, { timeoutMs: 0 }).releaseSync();
    expect(namesIn(place)).toEqual([]);
  });

  test("of a recycled pid is taken", async () => {
    writeFileSync(place.lockPath, payloadOf(process.pid, { starttime: 1 }));
    await takes();
  });

  test("that names a living process, which does not hold it, is taken once it is old", async () => {
    const bystander = spawn("sleep", ["600"]);
    await once(bystander, "spawn");
    try {
      writeAged(place.lockPath, openclawPayload(bystander.pid!), 5_000);
      expect((await refusalOf(tryOnce)).code).toBe("file_lock_timeout");
      writeAged(place.lockPath, openclawPayload(bystander.pid!), 31_000);
      await takes();
    } finally {
      bystander.kill("SIGKILL");
    }
  });

  test("that names us without a start time, and that we do not hold, is taken once it is old", async () => {
    writeAged(place.lockPath, openclawPayload(process.pid), 31_000);
    await takes();
  });

  test("empty and abandoned is taken, empty and young is not", async () => {
    writeAged(place.lockPath, "", 31_000);
    await takes();
    writeFileSync(place.lockPath, "");
    expect((await refusalOf(tryOnce)).code).toBe("file_lock_timeout");
  });

  test("is reported and kept where removal is forbidden", async () => {
    const bytes = deadPayload();
    writeFileSync(place.lockPath, bytes);
    const { code, error } = await refusalOf(() => acquireFileLock(place.target, { reclaim: false }));
    expect(code).toBe("file_lock_stale");
    expect((error as FileLockError).holder).toMatchObject({ pid: deadPid(), verdict: "stale", reason: "process-gone" });
    expect(readFileSync(place.lockPath)).toEqual(bytes);
    expect(namesIn(place)).toEqual(["data.json.lock"]);
  });

  test("that came back to life under the guard is left alone", async () => {
    writeFileSync(place.lockPath, deadPayload());
    const living = openclawPayload(process.pid);
    atPoint("reclaim:guarded", () => writeFileSync(place.lockPath, living));
    expect((await refusalOf(tryOnce)).code).toBe("file_lock_timeout");
    expect(readFileSync(place.lockPath, "utf8")).toBe(living);
    expect(namesIn(place)).toEqual(["data.json.lock"]);
  });

  test("whose modification time moved under the guard is judged anew", async () => {
    writeFileSync(place.lockPath, deadPayload());
    const seen: Point[] = [];
    setPointHook((point) => {
      seen.push(point);
      if (seen.length === 2) utimesSync(place.lockPath, 1, 1);
    });
    await (await tryOnce()).release();
    expect(seen.filter((point) => point === "reclaim:guarded")).toHaveLength(2);
    expect(seen.filter((point) => point === "reclaim:rejudged")).toHaveLength(1);
  });

  test("taken by another as it is unlinked leaves us waiting, and no guard", async () => {
    writeFileSync(place.lockPath, deadPayload());
    const living = openclawPayload(process.pid);
    atPoint("reclaim:unlinked", () => writeFileSync(place.lockPath, living));
    expect((await refusalOf(tryOnce)).code).toBe("file_lock_timeout");
    expect(readFileSync(place.lockPath, "utf8")).toBe(living);
    expect(namesIn(place)).toEqual(["data.json.lock"]);
  });

  test("removed again by an old OpenClaw while it settles is contended for again", async () => {
    writeFileSync(place.lockPath, deadPayload());
    atPoint("reclaim:unguarding", () => queueMicrotask(() => rmSync(place.lockPath)));
    const lock = await tryOnce();
    expect(lock.verify()).toBe(true);
    await lock.release();
  });

  test("taken, but cancelled while it settles, is given back", async () => {
    writeFileSync(place.lockPath, deadPayload());
    const controller = new AbortController();
    atPoint("reclaim:unguarding", () => queueMicrotask(() => controller.abort("enough")));
    await expect(acquireFileLock(place.target, { signal: controller.signal })).rejects.toBe("enough");
    expect(namesIn(place)).toEqual([]);
  });

  test("keeps its guard's bytes ours alone", async () => {
    writeFileSync(place.lockPath, deadPayload());
    atPoint("reclaim:published", () => {
      rmSync(place.guardPath);
      writeFileSync(place.guardPath, "not ours");
    });
    const lock = await tryOnce();
    expect(readFileSync(place.guardPath, "utf8")).toBe("not ours");
    await lock.release();
  });

  test.each<Point>([
    "reclaim:judged",
    "reclaim:guarded",
    "reclaim:rejudged",
    "reclaim:unlinked",
    "reclaim:published",
    "reclaim:unguarding",
  ])("interrupted at %s leaves nothing of ours", async (point) => {
    const bytes = deadPayload();
    writeFileSync(place.lockPath, bytes);
    interruptAt(point);
    await expect(tryOnce()).rejects.toThrow("interrupted");
    for (const name of namesIn(place)) expect(name).toBe("data.json.lock");
    if (existsSync(place.lockPath)) expect(readFileSync(place.lockPath)).toEqual(bytes);
    expect(shared.owned.size).toBe(0);
    await takes();
  });
});

describe("a guard", () => {
  test("keeps everybody from publishing, whatever it is", async () => {
    const kinds = [
      () => mkdirSync(place.guardPath),
      () => symlinkSync("nowhere", place.guardPath),
      () => writeFileSync(place.guardPath, ""),
      () => writeFileSync(place.guardPath, payloadOf(process.pid)),
    ];
    for (const make of kinds) {
      make();
      expect((await refusalOf(tryOnce)).code).toBe("file_lock_timeout");
      expect(namesIn(place)).toEqual(["data.json.lock.reclaim"]);
      if (lstatSync(place.guardPath).isDirectory()) rmdirSync(place.guardPath);
      else unlinkSync(place.guardPath);
    }
  });

  test("of a dead reclaimer is broken at once, and its marker removed", async () => {
    writeFileSync(place.guardPath, deadPayload());
    await takes();
  });

  test("of a dead reclaimer, over a dead lock, is broken and the lock taken", async () => {
    writeFileSync(place.guardPath, deadPayload());
    writeFileSync(place.lockPath, deadPayload());
    await takes();
  });

  test("is never broken by age", async () => {
    const living = payloadOf(process.pid, { starttime: Number(ownStart()) });
    for (const bytes of [living, Buffer.from(openclawPayload(deadPid())), Buffer.from(openclawPayload(1))]) {
      writeAged(place.guardPath, bytes, 86_400_000);
      expect((await refusalOf(tryOnce)).code).toBe("file_lock_timeout");
      expect(readFileSync(place.guardPath)).toEqual(bytes);
    }
  });

  test("without an owner, and old, is orphaned: the error names the command", async () => {
    mkdirSync(place.guardPath);
    utimesSync(place.guardPath, 1, 1);
    const { code, error } = await refusalOf(tryOnce);
    expect(code).toBe("file_lock_guard_orphaned");
    expect((error as FileLockError).hint).toContain(`rmdir '${place.guardPath}'`);
    rmSync(place.guardPath, { recursive: true });
    writeAged(place.guardPath, "{", 31_000);
    expect((await refusalOf(tryOnce)).code).toBe("file_lock_guard_orphaned");
  });

  test("of the dead is kept where removal is forbidden", async () => {
    const bytes = deadPayload();
    writeFileSync(place.guardPath, bytes);
    expect((await refusalOf(() => acquireFileLock(place.target, { reclaim: false }))).code).toBe("file_lock_stale");
    expect(readFileSync(place.guardPath)).toEqual(bytes);
  });

  test("that was replaced before the marker stood is left alone", async () => {
    writeFileSync(place.guardPath, deadPayload());
    const living = payloadOf(process.pid, { starttime: Number(ownStart()) });
    atPoint("break:marked", () => {
      rmSync(place.guardPath);
      writeFileSync(place.guardPath, living);
    });
    expect((await refusalOf(tryOnce)).code).toBe("file_lock_timeout");
    expect(readFileSync(place.guardPath)).toEqual(living);
    expect(namesIn(place)).toEqual(["data.json.lock.reclaim"]);
  });

  test.each<Point>(["break:marked", "break:compared", "break:unlinked"])(
    "interrupted at %s leaves no marker",
    async (point) => {
      writeFileSync(place.guardPath, deadPayload());
      interruptAt(point);
      await expect(tryOnce()).rejects.toThrow("interrupted");
      for (const name of namesIn(place)) expect(name).toBe("data.json.lock.reclaim");
      await takes();
    },
  );
});

describe("a marker", () => {
  test("of the living keeps others from breaking", async () => {
    const guard = deadPayload();
    writeFileSync(place.guardPath, guard);
    writeFileSync(markerOf(guard), payloadOf(process.pid, { starttime: Number(ownStart()) }));
    expect((await refusalOf(tryOnce)).code).toBe("file_lock_timeout");
    expect(readFileSync(place.guardPath)).toEqual(guard);
  });

  test("of the dead is broken, through a chain of dead breakers", async () => {
    let broken = deadPayload();
    writeFileSync(place.guardPath, broken);
    for (let breaker = 0; breaker < 20; breaker++) {
      const marker = deadPayload();
      writeFileSync(markerOf(broken), marker);
      broken = marker;
    }
    await takes();
  });

  test("without an owner, and old, is named", async () => {
    const guard = deadPayload();
    writeFileSync(place.guardPath, guard);
    writeAged(markerOf(guard), "", 31_000);
    const { code, error } = await refusalOf(tryOnce);
    expect(code).toBe("file_lock_guard_orphaned");
    expect((error as FileLockError).path).toBe(markerOf(guard));
  });
});

function ownStart(): string {
  const stat = readFileSync("/proc/self/stat", "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]!;
}

test("support: a dead payload is one of the writer's", () => {
  expect(serialisePayload(JSON.parse(deadPayload().toString()))).toBeInstanceOf(Buffer);
});
