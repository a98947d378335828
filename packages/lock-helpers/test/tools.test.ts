import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { acquireFileLock, type FileLockError } from "../src/index.js";
import { setPointHook } from "../src/points.js";
import { shared } from "../src/shared.js";
import { classifyName, inspectLock, lockPathOf, sweepLeftovers, sweepLock } from "../src/tools.js";
import {
  atPoint,
  deadPayload,
  deadPid,
  namesIn,
  openclawPayload,
  payloadOf,
  refusalOf,
  usePlace,
  writeAged,
} from "./support.js";

const place = usePlace();
const OTHER_BOOT = { bootId: "00000000-0000-4000-8000-000000000000" };
const WITNESS = ".openclaw-lock-0123456789abcdef.sock";
const markerOf = (bytes: Buffer) =>
  `${place.guardPath}.${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}`;

describe("names", () => {
  test.each([
    ["x.lock", "lock"],
    [".lock", undefined],
    ["x.lock.reclaim", "guard"],
    ["x.lock.reclaim.0123456789abcdef", "marker"],
    ["x.lock.reclaim.0123456789abcde", undefined],
    [`.openclaw-lock-${"0".repeat(32)}.tmp`, "candidate"],
    [`.openclaw-lock-${"0".repeat(16)}.tmp`, "witness-temporary"],
    [WITNESS, "witness"],
    ["x.json", undefined],
  ])("%s is %s", (name, kind) => {
    expect(classifyName(name)).toBe(kind);
  });

  test("the lock of a target is found as acquire finds it", async () => {
    mkdirSync(join(place.directory, "real"));
    symlinkSync("real", join(place.directory, "link"));
    expect(lockPathOf(join(place.directory, "link", "x"))).toBe(join(place.directory, "real", "x.lock"));
    expect((await refusalOf(() => lockPathOf("dir/"))).code).toBe("file_lock_invalid_option");
    expect((await refusalOf(() => lockPathOf(join(place.directory, "missing", "x")))).code).toBe("file_lock_io");
  });
});

describe("inspection", () => {
  test("of nothing is free", async () => {
    expect(await inspectLock(place.lockPath)).toEqual({
      ...{ path: place.lockPath, object: null, verdict: "free", reason: null, conclusive: false, removable: false },
    });
  });

  test("of a held lock tells holder, payload, file and evidence", async () => {
    const lock = await acquireFileLock(place.target, { purpose: "tests", witness: "always" });
    const bytes = readFileSync(place.lockPath);
    const { token: _token, ...payload } = JSON.parse(bytes.toString());
    const inspection = await inspectLock(place.lockPath);
    expect(inspection).toMatchObject({
      ...{ path: place.lockPath, object: "regular", verdict: "held", reason: "descriptor-open", removable: false },
      holder: { pid: process.pid, verdict: "held" },
      size: bytes.length,
      mtimeMs: expect.closeTo(statSync(place.lockPath).mtimeMs, 0),
      evidence: { content: "json", domain: "same", boot: "equal", mount: "equal", witness: "answers", process: "live" },
    });
    expect(inspection.payload).toEqual(payload);
    await lock.release();
    shared.witnesses.get(place.directory)?.server.close();
  });

  test("of a dead holder's lock says that it is removable, and removes nothing", async () => {
    writeFileSync(place.lockPath, deadPayload());
    expect(await inspectLock(place.lockPath)).toMatchObject({ verdict: "stale", conclusive: true, removable: true });
    expect(namesIn(place)).toEqual(["data.json.lock"]);
  });

  test("of what is foreign names it, with a remedy", async () => {
    mkdirSync(place.lockPath);
    const inspection = await inspectLock(place.lockPath);
    expect(inspection).toMatchObject({
      object: "directory",
      verdict: "foreign",
      kind: "proper-lockfile",
      removable: false,
    });
    expect(inspection.what).toContain("proper-lockfile");
    expect(inspection.remedy).toContain("end the program");
    expect(inspection).not.toHaveProperty("payload");
    expect(inspection).not.toHaveProperty("holder");
  });

  test("leaves out what does not count in a payload", async () => {
    const text = {
      pid: "1",
      createdAt: 5,
      starttime: -1,
      host: 7,
      witness: "docker.sock",
      heartbeatMs: 0,
      purpose: "p",
    };
    writeFileSync(place.lockPath, JSON.stringify(text));
    expect((await inspectLock(place.lockPath)).payload).toEqual({ purpose: "p" });
  });

  test("watches for silence only where that is asked for and could tell", async () => {
    writeAged(place.lockPath, payloadOf(deadPid(), OTHER_BOOT), 60_000);
    expect(await inspectLock(place.lockPath)).toMatchObject({ verdict: "unknown", reason: "other-domain" });
    expect(await inspectLock(place.lockPath, { watch: true })).toMatchObject({
      ...{ verdict: "stale", reason: "no-sign-of-life", conclusive: false, removable: true },
    });
    expect(await inspectLock(place.lockPath, { trustPids: true })).toMatchObject({ reason: "pids-trusted" });
    const startedAt = performance.now();
    writeAged(place.lockPath, payloadOf(deadPid(), OTHER_BOOT), 5_000);
    expect(await inspectLock(place.lockPath, { watch: true })).toMatchObject({ verdict: "unknown" });
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  test("of a guard: presumed dead is not removable", async () => {
    writeAged(place.guardPath, openclawPayload(deadPid()), 60_000);
    expect(await inspectLock(place.guardPath)).toMatchObject({ verdict: "stale", conclusive: false, removable: false });
    writeFileSync(place.guardPath, deadPayload());
    expect(await inspectLock(place.guardPath)).toMatchObject({ verdict: "stale", conclusive: true, removable: true });
  });

  test("refuses wrong arguments", async () => {
    for (const call of [() => inspectLock(""), () => inspectLock(place.lockPath, { staleMs: -1 })]) {
      expect((await refusalOf(call)).code).toBe("file_lock_invalid_option");
    }
  });
});

describe("sweeping a lock", () => {
  test("removes a dead holder's, under the guard, and leaves nothing", async () => {
    writeFileSync(place.lockPath, deadPayload());
    const seen: string[] = [];
    setPointHook((point) => seen.push(point));
    const removal = await sweepLock(place.lockPath);
    expect(removal).toMatchObject({ removed: true, verdict: "stale", reason: "process-gone", path: place.lockPath });
    expect(seen).toEqual([
      ...["reclaim:judged", "reclaim:guarded", "reclaim:rejudged", "reclaim:unlinked", "reclaim:unguarding"],
    ]);
    expect(namesIn(place)).toEqual([]);
    expect(await sweepLock(place.lockPath)).toMatchObject({ removed: false, verdict: "free" });
  });

  test("only says so in a dry run", async () => {
    writeFileSync(place.lockPath, deadPayload());
    expect(await sweepLock(place.lockPath, { dryRun: true })).toMatchObject({ removed: false, removable: true });
    expect(namesIn(place)).toEqual(["data.json.lock"]);
  });

  test("leaves alone what is held, unknown, foreign or being written", async () => {
    const bystander = spawn("sleep", ["600"]);
    await once(bystander, "spawn");
    const contents = [openclawPayload(bystander.pid!), payloadOf(deadPid(), OTHER_BOOT), "not a lock", "", "{}"];
    for (const content of contents) {
      writeFileSync(place.lockPath, content);
      expect(await sweepLock(place.lockPath)).toMatchObject({ removed: false, removable: false });
      expect(readFileSync(place.lockPath)).toEqual(Buffer.from(content));
    }
    bystander.kill("SIGKILL");
  });

  test("leaves alone a lock that came back to life under the guard", async () => {
    writeFileSync(place.lockPath, deadPayload());
    const living = openclawPayload(process.pid);
    atPoint("reclaim:guarded", () => writeFileSync(place.lockPath, living));
    expect(await sweepLock(place.lockPath)).toMatchObject({ removed: false, verdict: "unknown" });
    expect(readFileSync(place.lockPath, "utf8")).toBe(living);
    expect(namesIn(place)).toEqual(["data.json.lock"]);
  });

  test("waits for silence where only that can tell", async () => {
    writeAged(place.lockPath, payloadOf(deadPid(), OTHER_BOOT), 60_000);
    expect(await sweepLock(place.lockPath)).toMatchObject({ removed: true, reason: "no-sign-of-life" });
  });

  test("leaves it alone while somebody else's guard stands, and breaks a dead one first", async () => {
    writeFileSync(place.lockPath, deadPayload());
    mkdirSync(place.guardPath);
    expect(await sweepLock(place.lockPath)).toMatchObject({ removed: false, removable: true });
    expect(existsSync(place.lockPath)).toBe(true);
    rmdirSync(place.guardPath);
    writeFileSync(place.guardPath, deadPayload());
    expect(await sweepLock(place.lockPath)).toMatchObject({ removed: true });
    expect(namesIn(place)).toEqual([]);
  });

  test("that is a guard or a marker breaks it where its owner is proven dead, and leaves the lock", async () => {
    const [guard, marker] = [deadPayload(), deadPayload()];
    writeFileSync(place.lockPath, deadPayload());
    writeFileSync(place.guardPath, guard);
    writeFileSync(markerOf(guard), marker);
    expect(await sweepLock(markerOf(guard))).toMatchObject({ removed: true });
    expect(namesIn(place)).toEqual(["data.json.lock", "data.json.lock.reclaim"]);
    expect(await sweepLock(place.guardPath)).toMatchObject({ removed: true, path: place.guardPath });
    expect(namesIn(place)).toEqual(["data.json.lock"]);
    writeAged(place.guardPath, openclawPayload(deadPid()), 86_400_000);
    expect(await sweepLock(place.guardPath)).toMatchObject({ removed: false, removable: false });
    expect(existsSync(place.guardPath)).toBe(true);
  });

  test("that is no lock by its name is not removed", async () => {
    writeFileSync(place.target, deadPayload());
    expect(await sweepLock(place.target)).toMatchObject({ removed: false, removable: false });
    expect(existsSync(place.target)).toBe(true);
  });
});

describe("sweeping left-overs", () => {
  const script = `require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;

  test("tells, and removes unless told not to", async () => {
    await once(spawn(process.execPath, ["-e", script, join(place.directory, WITNESS)]), "exit");
    const old = [`.openclaw-lock-${"0".repeat(32)}.tmp`, `.openclaw-lock-${"0".repeat(16)}.tmp`];
    old.push(basename(markerOf(Buffer.from("gone"))));
    for (const name of old) writeAged(join(place.directory, name), "x", 31_000);
    const then = Date.now() / 1000 - 31;
    utimesSync(join(place.directory, WITNESS), then, then);
    const living = createServer().listen({ path: join(place.directory, ".openclaw-lock-ffffffffffffffff.sock") });
    utimesSync(join(place.directory, ".openclaw-lock-ffffffffffffffff.sock"), then, then);
    writeFileSync(join(place.directory, `.openclaw-lock-${"1".repeat(32)}.tmp`), "young");
    const expected = [...old, WITNESS].sort();
    expect((await sweepLeftovers(place.directory, { dryRun: true })).sort()).toEqual(expected);
    expect(namesIn(place)).toHaveLength(expected.length + 2);
    expect((await sweepLeftovers(place.directory)).sort()).toEqual(expected);
    expect(namesIn(place)).toHaveLength(2);
    expect(await sweepLeftovers(place.directory)).toEqual([]);
    living.close();
  });

  test("of a directory that is missing is an error of ours", async () => {
    const { code, error } = await refusalOf(() => sweepLeftovers(join(place.directory, "missing")));
    expect(code).toBe("file_lock_io");
    expect((error as FileLockError).errno).toBe("ENOENT");
  });
});
