import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DriverPool } from "../src/engine/run/pool.js";
import { checksOf, play, takeTurns } from "./harness.js";

const childPids = (): string[] =>
  readdirSync("/proc/self/task").flatMap((task) => {
    const text = readFileSync(`/proc/self/task/${task}/children`, "utf8").trim();
    return text === "" ? [] : text.split(" ");
  });

test("a case that checks nothing could not be run", async () => {
  const result = await play("good", async () => {});
  expect(result).toMatchObject({ outcome: "could-not-run", reason: "the case checked nothing" });
});

test("a case that breaks is the suite's fault, not the driver's", async () => {
  const result = await play("good", async ({ check }) => {
    check("begun", true, "");
    throw new TypeError("undefined is not a function");
  });
  expect(result.outcome).toBe("could-not-run");
  expect(result.reason).toMatch(/the case broke: TypeError: undefined is not a function/);
});

test("a failed check wins over a break", async () => {
  const result = await play("good", async ({ check }) => {
    check("sum", false, () => "two and two are five");
    throw new TypeError("undefined is not a function");
  });
  expect(result).toMatchObject({ outcome: "failed", failures: [{ check: "sum", message: "two and two are five" }] });
});

test("a case that does not end is ended, with its drivers", async () => {
  let pid = 0;
  const result = await play(
    "good",
    async (context) => {
      pid = (await context.spawn()).osPid;
      context.check("begun", true, "");
      await new Promise(() => {});
    },
    { timeoutMs: 30_000 },
  );
  expect(checksOf(result)).toEqual(["case/timeout"]);
  expect(() => process.kill(pid, 0)).toThrow();
}, 30_000);

test.skipIf(process.platform !== "linux")(
  "a driver that was still starting when its case ended does not survive",
  async () => {
    const before = childPids();
    const result = await play("good", async (context) => {
      context.check("ran", true, "");
      void context.spawn().catch(() => {});
    });
    expect(result.outcome).toBe("passed");
    await expect.poll(() => childPids().filter((pid) => !before.includes(pid)), { timeout: 10_000 }).toEqual([]);
  },
);

test("a killed holder's interval ends with the kill, and its lock may stay", async () => {
  const result = await play("good", async (context) => {
    const driver = await context.spawn();
    await driver.acquire(context.target());
    const exit = await driver.kill();
    context.check("killed", exit.signal === "SIGKILL", `it ended with ${JSON.stringify(exit)}`);
  });
  expect(result).toMatchObject({ outcome: "passed", statistics: { kills: 1 } });
  expect(result.timeline?.holds[0]).toMatchObject({ ended: "kill" });
});

test("an acquire that was under way when its process was killed has ended, neither granted nor refused", async () => {
  const result = await play("good", async (context) => {
    const [first, second] = [await context.spawn(), await context.spawn()];
    const held = await first.acquire(context.target());
    const waiting = second.startAcquire(context.target());
    await second.kill();
    context.check("ended", (await waiting.result).status === "ended", "it has an answer");
    await held.release();
  });
  expect(result).toMatchObject({ outcome: "passed" });
});

test("a stopped driver may be silent for longer than its limit", async () => {
  const result = await play("good", async (context) => {
    const driver = await context.spawn();
    const held = await driver.acquire(context.target());
    await driver.stop();
    const verifying = driver.start("verify", { handle: held.handle }, { timeoutMs: 1000 });
    await context.sleep(context.limit(2500));
    driver.cont();
    context.check("answered", (await verifying.reply)?.status === "ok", "no answer");
    await held.release();
  });
  expect(result).toMatchObject({ outcome: "passed" });
});

test("what the case has planted is not held against the driver, unless it is changed", async () => {
  const plant = await play(
    "good",
    async (context) => {
      context.plant(`${context.target()}.lock`, "not json");
      const attempt = await (await context.spawn()).tryAcquire(context.target(), { timeoutMs: 20 });
      context.check("refused", attempt.status === "refused", "it was not refused");
    },
    { refusalsOnly: true },
  );
  expect(plant).toMatchObject({ outcome: "passed" });
});

test("idle drivers serve the next case, and those that were altered do not", async () => {
  const pool = new DriverPool();
  const pids: number[] = [];
  const note = { needs: ["basic" as const] };
  const once = (cwd?: string) =>
    play(
      "good",
      async (context) => {
        const driver = await context.spawn(context.implementation, cwd === undefined ? undefined : { cwd });
        pids.push(driver.pid);
        await (await driver.acquire(context.target())).release();
        context.check("ran", true, "");
      },
      note,
      pool,
    );
  await once();
  await once();
  await once("/");
  await once();
  expect(pids[1]).toBe(pids[0]);
  expect(pids[2]).not.toBe(pids[0]);
  expect(pids[3]).toBe(pids[0]);
  expect(await pool.drain(5000)).toEqual([]);
});

test("drivers of a failed case are not used again", async () => {
  const pool = new DriverPool();
  let pid = 0;
  await play(
    "good",
    async (context) => {
      pid = (await context.spawn()).pid;
      context.check("sum", false, "no");
    },
    {},
    pool,
  );
  expect(() => process.kill(pid, 0)).toThrow();
});

test("a wrapper is seen through", async () => {
  const result = await play("good", async (context) => {
    const driver = await context.spawn(context.implementation, { wrapper: ["sh", "-c", '"$@"; exit $?', "sh"] });
    context.check("found", driver.osPid === driver.pid, `signals would go to ${driver.osPid}`);
    await driver.acquire(context.target());
    await driver.kill();
  });
  expect(result).toMatchObject({ outcome: "passed" });
});

test("the directory of a case is gone afterwards", async () => {
  let dir = "";
  await play("good", async (context) => {
    dir = context.dir;
    await takeTurns(context);
  });
  expect(existsSync(dir)).toBe(false);
});

test("messages do not name the directory, which is another one each time", async () => {
  const result = await play("good", async (context) => context.check("path", false, `at ${context.target("x.json")}`));
  expect(result.failures[0]?.message).toBe("at <dir>/x.json");
});
