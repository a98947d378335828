import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { acquireFileLock, acquireFileLockSync } from "../src/index.js";
import type { Point } from "../src/points.js";
import {
  isStoreError,
  readStore,
  readStoreSync,
  replaceStore,
  type StoreError,
  updateStore,
  updateStoreSync,
} from "../src/store.js";
import { start } from "./children.js";
import { startDriver } from "./drivers.js";
import { atPoint, interruptAt, modeOf, namesIn, usePlace } from "./support.js";

const place = usePlace();
const STORE = new URL("../dist/esm/store.js", import.meta.url).href;
const OLD = '{\n  "a": 1,\n  "kept": [ 1.0,2 ]\n}\n';
const NEW = OLD.replace("1,", "2,");
const EDITS = [{ at: ["a"], value: 2 }];
const EDITS_BACK = [{ at: ["a"], value: 1 }];
const read = () => readFileSync(place.target, "utf8");
const write = (content: string | Buffer = OLD) => writeFileSync(place.target, content);

async function refusal(call: () => unknown): Promise<StoreError> {
  try {
    await call();
  } catch (error) {
    if (isStoreError(error)) return error;
    throw error;
  }
  throw new Error("not refused");
}

describe("reading", () => {
  test("gives value, bytes and identity, and takes no lock", async () => {
    write();
    const lock = await acquireFileLock(place.target);
    const { value, bytes, identity, path } = await readStore(place.target);
    const { ino, size } = statSync(place.target, { bigint: true });
    expect(value).toEqual({ a: 1, kept: [1, 2] });
    expect([bytes.toString(), path]).toEqual([OLD, place.target]);
    expect(identity).toMatchObject({ ino, size });
    await lock.release();
  });

  test("follows a final symbolic link", async () => {
    write();
    symlinkSync("data.json", join(place.directory, "link"));
    expect((await readStore(join(place.directory, "link"))).value).toHaveProperty("a", 1);
  });

  test("looks again at a torn or empty store until it is whole", async () => {
    for (const torn of [OLD.slice(0, 9), ""]) {
      write(torn);
      const reading = readStore(place.target);
      setImmediate(write);
      expect((await reading).value).toHaveProperty("a", 1);
    }
  });

  test.each(["torn", "empty", "garbage", "huge"])("reports what stays %s, and leaves it alone", async (kind) => {
    const secret = "sk-secret-0123456789";
    write({ torn: `{"t":"${secret}`, empty: "", garbage: `{"t":"${secret}"]`, huge: secret }[kind]!);
    if (kind === "huge") truncateSync(place.target, 17 * 1024 * 1024);
    const before = statSync(place.target, { bigint: true });
    for (const call of [() => readStore(place.target), () => readStoreSync(place.target)]) {
      const error = await refusal(call);
      expect(error).toMatchObject({ code: "store_invalid", kind, path: place.target });
      expect(inspect(error, { showHidden: true, depth: 9 }) + JSON.stringify(error)).not.toContain("secret-01");
    }
    expect((await refusal(() => updateStore(place.target, EDITS))).kind).toBe(kind);
    expect(statSync(place.target, { bigint: true })).toMatchObject({ ino: before.ino, mtimeNs: before.mtimeNs });
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("of what is missing is store_missing", async () => {
    expect(await refusal(() => readStore(place.target))).toMatchObject({ code: "store_missing" });
    expect(await refusal(() => readStore(join(place.directory, "no", "x")))).toMatchObject({ code: "store_missing" });
  });

  test("of what is no file says what it is, and waits for nobody", async () => {
    const at = (name: string) => join(place.directory, name);
    mkdirSync(at("directory"));
    spawnSync("mkfifo", [at("fifo")]);
    const server = createServer().listen(at("socket"));
    await once(server, "listening");
    for (const kind of ["directory", "fifo", "socket"]) {
      expect(await refusal(() => readStore(at(kind)))).toMatchObject({ code: "store_unsupported", kind });
    }
    expect(await refusal(() => readStore("/dev/zero"))).toMatchObject({ code: "store_unsupported", kind: "device" });
    server.close();
  });

  test("that is not permitted names path, owner and mode", async () => {
    write();
    chmodSync(place.target, 0o640);
    chmodSync(place.directory, 0o755);
    const error = await asNobody(() => refusal(() => readStore(place.target)));
    expect(error).toMatchObject({ code: "store_permission", errno: "EACCES" });
    expect(error.message).toMatch(/owner \d+:\d+ and mode 0640/);
  });

  test("sees only whole stores while writers replace it", async () => {
    write('{"n":0,"pad":""}');
    const child = start(`import { updateStoreSync } from ${JSON.stringify(STORE)};
      for (let n = 1; n <= 60; n++) {
        updateStoreSync(${JSON.stringify(place.target)}, [
          { at: ["n"], value: n }, { at: ["pad"], value: String(n).padEnd(n * 500) },
        ]);
      }
      console.log("done");`);
    let isDone = false;
    const ended = child.line().then(() => {
      isDone = true;
    });
    while (!isDone) {
      const { value } = await readStore(place.target);
      if (value["n"] !== 0) expect(String(value["pad"]).trim()).toBe(String(value["n"]));
      await nextTurn();
    }
    await ended;
    expect(namesIn(place)).toEqual(["data.json"]);
  });
});

async function asNobody<T>(call: () => Promise<T>): Promise<T> {
  const [uid, gid] = [process.geteuid!(), process.getegid!()];
  process.setegid!(65534);
  process.seteuid!(65534);
  try {
    return await call();
  } finally {
    process.seteuid!(uid);
    process.setegid!(gid);
  }
}

describe("updating", () => {
  test("keeps every other byte, mode and owner, and leaves nothing behind", async () => {
    write();
    chmodSync(place.target, 0o640);
    if (process.getuid!() === 0) chownSync(place.target, 1234, 4321);
    const { uid, gid, ino } = statSync(place.target);
    expect(await updateStore(place.target, EDITS)).toEqual({ changed: true });
    expect(read()).toBe(NEW);
    const after = statSync(place.target);
    expect(after).toMatchObject({ uid, gid });
    expect(after.ino).not.toBe(ino);
    expect(modeOf(place.target)).toBe(0o640);
    expect(updateStoreSync(place.target, ({ a }) => [{ at: ["a"], value: Number(a) - 1 }])).toEqual({ changed: true });
    expect(read()).toBe(OLD);
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("makes a new store with mode 0600, and nothing for nothing", async () => {
    expect(await updateStore(place.target, [{ at: ["a"], remove: true }])).toEqual({ changed: false });
    expect(namesIn(place)).toEqual([]);
    await updateStore(place.target, async (value) => [{ at: ["a", "b"], value: Object.keys(value).length }]);
    expect(read()).toBe('{\n  "a": {\n    "b": 0\n  }\n}\n');
    expect(modeOf(place.target)).toBe(0o600);
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("makes a new store with mode 0600 whatever the umask", () => {
    const before = process.umask(0o277);
    try {
      updateStoreSync(place.target, [{ at: ["a"], value: 1 }]);
    } finally {
      process.umask(before);
    }
    expect(modeOf(place.target)).toBe(0o600);
  });

  test("that changes nothing makes nothing", async () => {
    write();
    const { ino, ctimeMs } = statSync(place.target);
    expect(await updateStore(place.target, [{ at: ["a"], value: 1 }])).toEqual({ changed: false });
    expect(statSync(place.target)).toMatchObject({ ino, ctimeMs });
  });

  test("reads inside the lock", async () => {
    write();
    const lock = acquireFileLockSync(place.target);
    const updating = updateStore(place.target, ({ a }) => [{ at: ["a"], value: Number(a) + 1 }], {
      onWait: () => {
        write(OLD.replace("1,", "41,"));
        setImmediate(() => lock.releaseSync());
      },
    });
    await updating;
    expect(read()).toContain('"a": 42');
  });

  test("with an edit that is none is refused before the store is touched", async () => {
    write();
    const wrong = [[{ at: [], value: 1 }], [{ at: ["a"] }], [{ at: "a", value: 1 }], [{ at: [1], value: 1 }], "x"];
    const values = [Number.NaN, 5n, () => 1, new Date(0), [undefined], { x: Number.POSITIVE_INFINITY }];
    for (const edits of [...wrong, ...values.map((value) => [{ at: ["a"], value }])]) {
      await expect(updateStore(place.target, edits as never)).rejects.toThrow(/file lock invalid option/);
    }
    const circle: Record<string, unknown> = {};
    circle["again"] = circle;
    expect(await refusal(() => updateStore(place.target, [{ at: ["a"], value: circle as never }]))).toMatchObject({
      code: "store_invalid",
      kind: "deep",
    });
    expect(read()).toBe(OLD);
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("ends with what the edit throws, the lock released", async () => {
    write();
    const edit = () => Promise.reject(new Error("mine"));
    await expect(updateStore(place.target, edit)).rejects.toThrow("mine");
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("of what cannot be replaced is refused before anything is made", async () => {
    write();
    const at = (name: string) => join(place.directory, name);
    symlinkSync("data.json", at("symlink"));
    linkSync(place.target, at("hard-link"));
    const names = namesIn(place);
    for (const kind of ["symlink", "hard-link"]) {
      expect(await refusal(() => updateStore(at(kind), EDITS))).toMatchObject({ code: "store_unsupported", kind });
    }
    expect(read()).toBe(OLD);
    expect(namesIn(place)).toEqual(names);
  });

  test("removes the second name that a killed maker of the store has left, and no other", async () => {
    const [left, other] = [join(place.directory, `.openclaw-store-${"a".repeat(32)}.tmp`), `${place.target}.copy`];
    write();
    linkSync(place.target, left);
    expect(await updateStore(place.target, EDITS)).toEqual({ changed: true });
    expect(namesIn(place)).toEqual(["data.json"]);

    for (const name of [left, other]) linkSync(place.target, name);
    expect(await refusal(() => updateStore(place.target, [{ at: ["a"], value: 3 }]))).toMatchObject({
      code: "store_unsupported",
      kind: "hard-link",
    });
    expect([read(), readFileSync(other, "utf8")]).toEqual([NEW, NEW]);
    rmSync(other);

    // A name of that form that is another file's may be somebody's reserve.
    writeFileSync(left, "theirs");
    linkSync(place.target, `${place.target}.other`);
    expect((await refusal(() => updateStore(place.target, EDITS_BACK))).kind).toBe("hard-link");
    expect(readFileSync(left, "utf8")).toBe("theirs");
  });

  test("of a file that is mounted is refused, and the file is untouched", async () => {
    write();
    writeFileSync(join(place.directory, "other"), OLD);
    const script = `
      import { updateStore } from ${JSON.stringify(STORE)};
      await updateStore(${JSON.stringify(place.target)}, [{ at: ["a"], value: 2 }]).catch(({ code, kind }) => console.log(code, kind));
    `;
    const mounted = [`mount --bind ${place.directory}/other ${place.target}`, 'exec "$@"'].join(" && ");
    const child = start(script, ["unshare", "--mount", "--propagation", "private", "sh", "-c", mounted, "sh"]);
    expect(await child.line()).toBe("store_unsupported mount-point");
    expect(readFileSync(join(place.directory, "other"), "utf8")).toBe(OLD);
  });

  test.runIf(process.getuid?.() === 0)("that would lose the owner is refused before anything is made", async () => {
    write();
    chmodSync(place.target, 0o666);
    chmodSync(place.directory, 0o777);
    const error = await asNobody(() => refusal(() => updateStore(place.target, EDITS)));
    expect(error).toMatchObject({ code: "store_permission" });
    expect(read()).toBe(OLD);
    expect(namesIn(place)).toEqual(["data.json"]);
  });
});

describe("a replacement", () => {
  test("asks for the store's own lock, and that all locks are held", async () => {
    write();
    const own = await acquireFileLock(place.target);
    const other = await acquireFileLock(join(place.directory, "other"));
    const snapshot = await readStore(place.target);
    for (const locks of [[], [other]]) {
      expect(await refusal(() => replaceStore(snapshot, EDITS, locks))).toMatchObject({ code: "store_not_locked" });
    }
    rmSync(other.lockPath);
    expect(await refusal(() => replaceStore(snapshot, EDITS, [own, other]))).toMatchObject({
      code: "store_not_locked",
    });
    expect(read()).toBe(OLD);
    expect(replaceStore(snapshot, EDITS, [own])).toEqual({ changed: true });
    await own.release();
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test("of a store that is no longer what was read is refused, and leaves what is there", async () => {
    const otherwise = OLD.replace("1,", "9,");
    const changes: Record<string, () => void> = {
      "in place": () => write(otherwise),
      "in place, of equal length, its time put back": () => {
        const { atime, mtime } = statSync(place.target);
        write(otherwise);
        utimesSync(place.target, atime, mtime);
      },
      "by rename": () => {
        writeFileSync(`${place.target}.new`, otherwise);
        renameSync(`${place.target}.new`, place.target);
      },
    };
    for (const change of Object.values(changes)) {
      write();
      atPoint("store:written", change);
      expect(await refusal(() => updateStore(place.target, EDITS))).toMatchObject({ code: "store_changed" });
      expect(read()).toBe(otherwise);
      expect(namesIn(place)).toEqual(["data.json"]);
    }
    write();
    atPoint("store:written", () => rmSync(place.target));
    expect(await refusal(() => updateStore(place.target, EDITS))).toMatchObject({ code: "store_changed" });
    expect(namesIn(place)).toEqual([]);
  });

  test("of a new store never removes one that has appeared", async () => {
    for (const point of ["store:written", "store:verified"] as const) {
      rmSync(place.target, { force: true });
      atPoint(point, () => write());
      expect(await refusal(() => updateStore(place.target, EDITS))).toMatchObject({ code: "store_changed" });
      expect(read()).toBe(OLD);
      expect(namesIn(place)).toEqual(["data.json"]);
    }
  });

  test("under a lock that was lost is refused", async () => {
    write();
    atPoint("store:written", () => rmSync(place.lockPath));
    expect(await refusal(() => updateStore(place.target, EDITS))).toMatchObject({ code: "store_not_locked" });
    expect(read()).toBe(OLD);
    expect(namesIn(place)).toEqual(["data.json"]);
  });

  test.each<Point>(["store:written", "store:verified", "store:renamed"])(
    "interrupted at %s leaves nothing",
    async (p) => {
      write();
      interruptAt(p);
      await expect(updateStore(place.target, EDITS)).rejects.toThrow("interrupted");
      expect(read()).toBe(p === "store:renamed" ? NEW : OLD);
      expect(namesIn(place)).toEqual(["data.json"]);
    },
  );

  test("is written by nobody but us, and readable by nobody else, from the first moment", async () => {
    write();
    let mode = 0;
    atPoint("store:written", () => {
      const name = namesIn(place).find((found) => found.startsWith(".openclaw-store-"))!;
      expect(name).toMatch(/^\.openclaw-store-[0-9a-f]{32}\.tmp$/);
      mode = lstatSync(join(place.directory, name)).mode & 0o777;
    });
    chmodSync(place.target, 0o600);
    await updateStore(place.target, EDITS);
    expect(mode).toBe(0o600);
  });

  test("sweeps what killed writers have left more than 10 minutes ago", async () => {
    write();
    const [old, young] = ["0", "1"].map((digit) => `.openclaw-store-${digit.repeat(32)}.tmp`) as [string, string];
    const stranger = ".openclaw-store-0.tmp";
    for (const name of [old, young, stranger]) writeFileSync(join(place.directory, name), "x");
    const then = Date.now() / 1000 - 601;
    utimesSync(join(place.directory, old), then, then);
    utimesSync(join(place.directory, stranger), then, then);
    await updateStore(place.target, EDITS);
    expect(namesIn(place)).toEqual([stranger, young, "data.json"]);
  });

  test.each(["store:written", "store:verified", "store:renamed"])("killed at %s leaves a whole store", async (p) => {
    write();
    const driver = new URL("../dist-driver/main.js", import.meta.url).pathname;
    if (!existsSync(driver)) throw new Error("run `npm run build` first");
    const child = spawn(process.execPath, [driver], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.write(`${JSON.stringify({ id: 1, verb: "arm", point: p, action: "kill" })}\n`);
    child.stdin.write(`${JSON.stringify({ id: 2, verb: "store-update", path: place.target, edits: EDITS })}\n`);
    expect((await once(child, "exit"))[1]).toBe("SIGKILL");
    expect(read()).toBe(p === "store:renamed" ? NEW : OLD);
    expect(await updateStore(place.target, [{ at: ["a"], value: 3 }])).toEqual({ changed: true });
  });

  test("killed between the two names of a new store leaves one that can be replaced", async () => {
    const driver = startDriver();
    await driver.ask("arm", { point: "store:renamed", action: "kill" });
    await driver.ask("store-update", { path: place.target, edits: EDITS });
    expect(await driver.ended).toBe("SIGKILL");
    expect(statSync(place.target).nlink).toBe(2);
    expect(await updateStore(place.target, [{ at: ["a"], value: 3 }])).toEqual({ changed: true });
    expect(read()).toBe('{\n  "a": 3\n}\n');
    expect(namesIn(place)).toEqual(["data.json"]);
  });
});
