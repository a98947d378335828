import { once } from "node:events";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { askWitness } from "../src/ask-witness.js";
import { validateLockPayload } from "../src/generated/validate-payload.js";
import { acquireFileLock, type FileLockError, type FileLockOptions } from "../src/index.js";
import { isWitnessName } from "../src/payload.js";
import { type Point, setPointHook } from "../src/points.js";
import { shared } from "../src/shared.js";
import * as socketPath from "../src/socket-path.js";
import { wantsWitness } from "../src/witness.js";
import { BOTH, dist, start, startHolder } from "./children.js";
import { atPoint, deadPayload, interruptAt, namesIn, refusalOf, usePlace } from "./support.js";

vi.mock("../src/socket-path.js", async (importOriginal) => {
  const actual = await importOriginal<typeof socketPath>();
  return { ...actual, openSocketPath: vi.fn(actual.openSocketPath) };
});

const place = usePlace();
const ALWAYS: FileLockOptions = { witness: "always", timeoutMs: 0 };
const read = (path: string) => JSON.parse(readFileSync(path, "utf8")) as { readonly witness?: string };
const witnessesIn = (directory: string) => readdirSync(directory).filter(isWitnessName);

beforeEach(async () => {
  const actual = await vi.importActual<typeof socketPath>("../src/socket-path.js");
  vi.mocked(socketPath.openSocketPath).mockReset().mockImplementation(actual.openSocketPath);
});

afterEach(() => {
  for (const { server } of shared.witnesses.values()) server.close();
  shared.witnesses.clear();
});

describe("a witness", () => {
  test("is named by the lock, listens beside it, and lets everybody connect", async () => {
    const lock = await acquireFileLock(place.target, ALWAYS);
    const payload = read(place.lockPath);
    expect(validateLockPayload(payload)).toBe(true);
    const name = payload.witness!;
    expect(namesIn(place)).toEqual([name, "data.json.lock"]);
    const stat = lstatSync(join(place.directory, name));
    expect(stat.isSocket()).toBe(true);
    expect(stat.mode & 0o777).toBe(0o666);
    expect(await askWitness(place.directory, name)).toBe("answers");
    await lock.release();
  });

  test("is kept for the next acquire in its directory, and one for each directory", async () => {
    const first = await acquireFileLock(place.target, ALWAYS);
    const { witness } = read(place.lockPath);
    const second = await acquireFileLock(`${place.target}2`, ALWAYS);
    expect(read(`${place.target}2.lock`).witness).toBe(witness);
    await first.release();
    await second.release();
    expect(namesIn(place)).toEqual([witness]);
    await (await acquireFileLock(place.target, ALWAYS)).release();
    expect(namesIn(place)).toEqual([witness]);
    mkdirSync(join(place.directory, "other"));
    const other = await acquireFileLock(join(place.directory, "other", "x"), ALWAYS);
    expect(read(other.lockPath).witness).not.toBe(witness);
    await other.release();
  });

  test("is named by guard and marker too", async () => {
    const seen: (string | undefined)[] = [];
    writeFileSync(place.lockPath, deadPayload());
    writeFileSync(place.guardPath, deadPayload());
    setPointHook((point) => {
      const marker = namesIn(place).find((name) => /\.reclaim\.[0-9a-f]{16}$/.test(name));
      if (point === "break:marked") seen.push(read(join(place.directory, marker!)).witness);
      if (point === "reclaim:guarded") seen.push(read(place.guardPath).witness);
    });
    const lock = await acquireFileLock(place.target, ALWAYS);
    const { witness } = read(place.lockPath);
    expect(seen).toEqual([witness, witness]);
    expect(witness).toBeDefined();
    await lock.release();
  });

  test("is not made with `never`", async () => {
    const lock = await acquireFileLock(place.target, { witness: "never" });
    expect(read(place.lockPath).witness).toBeUndefined();
    expect(namesIn(place)).toEqual(["data.json.lock"]);
    await lock.release();
  });

  test("is for containers with `auto`: also where the namespace cannot be known", () => {
    const self = { pid: 1 };
    expect(wantsWitness("auto", { ...self, pidNamespace: "pid:[4026531836]" })).toBe(false);
    expect(wantsWitness("auto", { ...self, pidNamespace: "pid:[4026532000]" })).toBe(true);
    expect(wantsWitness("auto", self)).toBe(true);
  });

  test("whose name is gone is replaced, and closed with the lock that names it", async () => {
    const first = await acquireFileLock(place.target, ALWAYS);
    const third = await acquireFileLock(`${place.target}3`, ALWAYS);
    const old = shared.witnesses.get(place.directory)!;
    rmSync(join(place.directory, old.name));
    const second = await acquireFileLock(`${place.target}2`, ALWAYS);
    expect(read(`${place.target}2.lock`).witness).not.toBe(old.name);
    await third.release();
    expect(old.server.listening).toBe(true);
    await first.release();
    expect(old.server.listening).toBe(false);
    await second.release();
  });

  test("of a directory that is long gone and made anew is not the old one", async () => {
    await (await acquireFileLock(place.target, ALWAYS)).release();
    const old = shared.witnesses.get(place.directory)!;
    rmSync(place.directory, { recursive: true });
    mkdirSync(place.directory);
    const lock = await acquireFileLock(place.target, ALWAYS);
    expect(await askWitness(place.directory, read(place.lockPath).witness!)).toBe("answers");
    expect(old.server.listening).toBe(false);
    await lock.release();
  });

  test("is closed and unlinked when sixteen others have been idle for less long, and never while it is named", async () => {
    const inDirectory = (number: number) => {
      const directory = join(place.directory, String(number));
      mkdirSync(directory);
      return acquireFileLock(join(directory, "x"), ALWAYS);
    };
    const held = await inDirectory(0);
    for (let number = 1; number <= 18; number++) await (await inDirectory(number)).release();
    const left = Array.from({ length: 19 }, (_, number) => witnessesIn(join(place.directory, String(number))).length);
    expect(left).toEqual([1, 0, 0, ...Array.from({ length: 16 }, () => 1)]);
    expect(shared.witnesses.size).toBe(17);
    expect(await askWitness(join(place.directory, "0"), read(held.lockPath).witness!)).toBe("answers");
    await held.release();
  });

  test.each([
    ["in characters", "long-".repeat(20)],
    ["in bytes alone", "漢".repeat(25)],
  ])("works where the path is too long for the kernel, %s", async (_how, part) => {
    const directory = join(place.directory, part);
    mkdirSync(directory);
    const lock = await acquireFileLock(join(directory, "x"), ALWAYS);
    const { witness } = read(lock.lockPath);
    expect(readdirSync(directory)).toEqual([witness, "x.lock"]);
    expect(await askWitness(directory, witness!)).toBe("answers");
    shared.witnesses.get(directory)!.server.close();
    expect(await askWitness(directory, witness!)).toBe("refused");
    expect(readdirSync("/proc/self/fd").filter((fd) => leadsTo(fd, directory))).toEqual([]);
    await lock.release();
  });

  test("of exactly the longest path goes without a detour", async () => {
    const room = 107 - Buffer.byteLength(place.directory) - "//.openclaw-lock-0123456789abcdef.sock".length;
    const directory = join(place.directory, "d".repeat(room));
    mkdirSync(directory);
    const lock = await acquireFileLock(join(directory, "x"), ALWAYS);
    expect(await askWitness(directory, read(lock.lockPath).witness!)).toBe("answers");
    const addresses = vi.mocked(socketPath.openSocketPath).mock.results.map(({ value }) => value.address as string);
    expect(addresses.some((address) => address.length === 107)).toBe(true);
    for (const address of addresses) expect(address).toContain(directory);
    await lock.release();
  });
});

function leadsTo(fd: string, directory: string): boolean {
  try {
    return statSync(`/proc/self/fd/${fd}`).ino === statSync(directory).ino;
  } catch {
    return false;
  }
}

describe("making a witness", () => {
  test("shows nothing under its own name before it listens, and nothing names it before it is there", async () => {
    const seen: [Point, string[]][] = [];
    setPointHook((point) => {
      if (point.startsWith("witness:")) seen.push([point, namesIn(place)]);
    });
    const lock = await acquireFileLock(place.target, ALWAYS);
    setPointHook(undefined);
    const { witness } = read(place.lockPath);
    expect(seen).toEqual([
      ["witness:listening", [expect.stringMatching(/^\.openclaw-lock-[0-9a-f]{16}\.tmp$/)]],
      ["witness:named", [witness]],
    ]);
    await lock.release();
  });

  test.each<Point>(["witness:listening", "witness:named"])("interrupted at %s leaves nothing", async (point) => {
    interruptAt(point);
    await expect(acquireFileLock(place.target, ALWAYS)).rejects.toThrow("interrupted");
    expect(namesIn(place)).toEqual([]);
    expect(shared.owned.size).toBe(0);
  });

  test("begins again when it was swept before it had its name", async () => {
    atPoint("witness:listening", () => rmSync(join(place.directory, namesIn(place)[0]!)));
    const lock = await acquireFileLock(place.target, ALWAYS);
    expect(namesIn(place)).toEqual([read(place.lockPath).witness, "data.json.lock"]);
    await lock.release();
  });

  test("that is impossible is done without, or refused where it must be", async () => {
    vi.mocked(socketPath.openSocketPath).mockImplementation(() => ({
      address: join(place.directory, "missing", "x"),
      close: () => {},
    }));
    // What `auto` does in a container; this machine may be none.
    const { code, error } = await refusalOf(() => acquireFileLock(place.target, ALWAYS));
    expect(code).toBe("file_lock_unsupported");
    expect((error as FileLockError).hint).toContain("sockets");
    expect(namesIn(place)).toEqual([]);
    expect(shared.owned.size).toBe(0);
  });
});

describe("a process", () => {
  test("that ends by itself is not kept alive by its witness, nor by who has connected, and unlinks it", async () => {
    const child = start(`${BOTH}
      import net from "node:net";
      const lock = await esm.acquireFileLock(${JSON.stringify(place.target)}, { witness: "always" });
      const socket = net.connect({ path: ${JSON.stringify(place.directory)} + "/" + lock.witness }).unref();
      socket.on("connect", () => console.log("connected"));
      socket.on("error", () => {});
      await new Promise((resolve) => setTimeout(resolve, 50));
      await lock.release();`);
    expect(await child.line()).toBe("connected");
    await once(child.process, "exit");
    expect(namesIn(place)).toEqual([]);
  });

  test("that exits while it holds removes lock and witness", async () => {
    const child = start(
      `${BOTH} await esm.acquireFileLock(${JSON.stringify(place.target)}, { witness: "always" }); process.exit(0);`,
    );
    await once(child.process, "exit");
    expect(namesIn(place)).toEqual([]);
  });

  test("has one witness for the ESM and the CommonJS copy", async () => {
    const child = start(`${BOTH}
      const one = await esm.acquireFileLock(${JSON.stringify(place.target)}, { witness: "always" });
      const two = await cjs.acquireFileLock(${JSON.stringify(`${place.target}2`)}, { witness: "always" });
      console.log(one.witness === two.witness && one.witness !== undefined);
      await one.release();
      await two.release();`);
    expect(await child.line()).toBe("true");
    await once(child.process, "exit");
    expect(namesIn(place)).toEqual([]);
  });

  test("has a witness of its own in each worker thread", async () => {
    const path = join(place.directory, "worker.cjs");
    writeFileSync(
      path,
      `const { acquireFileLockSync } = require(${JSON.stringify(dist("cjs/index.js"))});
      const { parentPort } = require("node:worker_threads");
      parentPort.postMessage(acquireFileLockSync(${JSON.stringify(`${place.target}2`)}, { witness: "always" }).witness);
      setInterval(() => {}, 1000);`,
    );
    const child = start(`${BOTH}
      import { Worker } from "node:worker_threads";
      const lock = await esm.acquireFileLock(${JSON.stringify(place.target)}, { witness: "always" });
      const worker = new Worker(${JSON.stringify(path)});
      worker.on("message", async (witness) => {
        console.log(lock.witness, witness);
        await worker.terminate();
        console.log("terminated");
      });
      setInterval(() => {}, 1000);`);
    const [ours, workers] = (await child.line())!.split(" ");
    expect(workers).not.toBe(ours);
    expect(await child.line()).toBe("terminated");
    expect(await askWitness(place.directory, ours!)).toBe("answers");
    expect(await askWitness(place.directory, workers!)).toBe("refused");
  });

  test("that is a cluster's worker has a witness that dies with it, not with the primary", async () => {
    const path = join(place.directory, "worker.cjs");
    writeFileSync(
      path,
      `const { acquireFileLock } = require(${JSON.stringify(dist("cjs/index.js"))});
      acquireFileLock(${JSON.stringify(place.target)}, { witness: "always" }).then((lock) => process.send(lock.witness));
      setInterval(() => {}, 1000);`,
    );
    const child = start(`${BOTH}
      import cluster from "node:cluster";
      cluster.setupPrimary({ exec: ${JSON.stringify(path)}, execArgv: [] });
      const worker = cluster.fork();
      worker.on("message", (witness) => {
        console.log(witness);
        process.stdin.once("data", () => process.kill(worker.process.pid, "SIGKILL"));
      });
      worker.on("exit", () => console.log("killed"));
      setInterval(() => {}, 1000);`);
    const witness = (await child.line())!;
    expect(await askWitness(place.directory, witness)).toBe("answers");
    child.process.stdin!.write("\n");
    expect(await child.line()).toBe("killed");
    expect(child.process.exitCode).toBeNull();
    expect(await askWitness(place.directory, witness)).toBe("refused");
  });

  test("that is killed leaves a witness that refuses, and its lock is taken over", async () => {
    const holder = await startHolder(place.target, { witness: "always" });
    const { witness } = read(place.lockPath);
    await holder.kill();
    expect(existsSync(join(place.directory, witness!))).toBe(true);
    expect(await askWitness(place.directory, witness!)).toBe("refused");
    await (await acquireFileLock(place.target, { timeoutMs: 0 })).release();
  });
});
