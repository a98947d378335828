import { describe, expect, test } from "vitest";
import type { CaseContext } from "../src/engine/case.js";
import { checksOf, play, takeTurns } from "./harness.js";

test("a driver that is right passes", async () => {
  const result = await play("good", takeTurns);
  expect(result).toMatchObject({ outcome: "passed", failures: [] });
  expect(result.statistics).toMatchObject({ holds: 2, contended: 1, kills: 0, mostAtOnce: 2 });
});

test("replies may come in any order", async () => {
  const result = await play("out-of-order", async (context) => {
    const driver = await context.spawn();
    const held = await driver.acquire(context.target());
    const answers = await Promise.all([held.verify(), held.verify(), held.verify()]);
    context.check("verified", answers.every(Boolean), "not held");
    await held.release();
  });
  expect(result).toMatchObject({ outcome: "passed" });
});

describe("what never got as far as a lock could not be run", () => {
  const symptoms: Record<string, RegExp> = {
    "dies-at-start": /ended by itself \(status 3\) while it was asked for hello/,
    silent: /did not answer hello/,
    "hello-garbage": /not JSON: Welcome to the driver!/,
    "hello-version-2": /speaks version 2 of the driver protocol; this suite speaks 1/,
    "hello-no-name": /wrong reply to hello/,
    "hello-unknown-capability": /wrong reply to hello/,
    "hello-wrong-pid": /says that it is process 1, which is neither it nor/,
    "hello-error": /broke down in hello: Error: no library/,
    "no-such-file": /ended by itself \(status 1\)/,
  };
  test.each(Object.entries(symptoms))("%s", async (driver, message) => {
    const result = await play(driver, takeTurns);
    expect(result.outcome).toBe("could-not-run");
    expect(result.reason).toMatch(message);
  });
});

describe("a driver that misbehaves is named as such", () => {
  const symptoms: Record<string, [check: string, message: RegExp]> = {
    hangs: ["driver/timeout", /did not answer verify \(id \d+\) within/],
    "repeats-id": ["driver/repeated-id", /answered id 2 twice/],
    "unknown-id": ["driver/unknown-id", /answered id 4711, which was never asked/],
    "id-as-text": ["driver/unknown-id", /answered id 2, which was never asked/],
    garbage: ["driver/garbage", /not JSON: debug: acquiring/],
    "not-utf8": ["driver/garbage", /not UTF-8/],
    "array-reply": ["driver/garbage", /not a JSON object/],
    "too-long": ["driver/too-long", /more than 1048576 bytes/],
    "endless-line": ["driver/too-long", /more than 1048576 bytes/],
    "wrong-fields": ["driver/schema", /wrong reply to acquire: \/waitedMs must be number/],
    "unknown-code": ["driver/schema", /wrong reply to acquire: \/code/],
    "error-reply": ["driver/error", /broke down in acquire: Error: out of locks/],
    "exits-early": ["driver/exited", /ended by itself \(status 2\) while it was asked for verify/],
    "dies-within-a-line": ["driver/exited", /in the middle of a line: \{"id":3,"sta/],
    "unasked-event": ["driver/unexpected-event", /reported the point acquire:linked, where nothing was armed/],
  };
  test.each(Object.entries(symptoms))("%s", async (driver, [check, message]) => {
    const result = await play(driver, takeTurns);
    expect(result.outcome).toBe("failed");
    expect(result.failures[0]).toMatchObject({ check, message: expect.stringMatching(message) });
  });

  test("the last lines of its log are kept", async () => {
    const result = await play("exits-early", takeTurns);
    expect(result.logs.flatMap(({ lines }) => lines)).toContain("panic: index out of range");
  });
});

describe("a driver that does not end is named as such", () => {
  const ends: Record<string, [how: "bye" | "endInput", check: string]> = {
    "ignores-bye": ["bye", "driver/ignores-bye"],
    "bye-status-1": ["bye", "driver/exit-status"],
    "ignores-end-of-input": ["endInput", "driver/ignores-end-of-input"],
    "ignores-sigterm": ["endInput", "driver/ignores-sigterm"],
  };
  test.each(Object.entries(ends))("%s", async (driver, [how, check]) => {
    const result = await play(driver, async (context) => {
      const running = await context.spawn();
      context.check("spawned", running.alive, "it is gone");
      await running[how]();
    });
    expect(result.outcome).toBe("failed");
    expect(checksOf(result)).toEqual([check]);
  });

  test("a signal that is ignored", async () => {
    const result = await play("ignores-sigterm", async (context) => {
      const running = await context.spawn();
      context.check("spawned", running.alive, "it is gone");
      await running.kill("SIGTERM");
    });
    expect(checksOf(result)).toEqual(["driver/ignores-signal"]);
  });
});

describe("a lock that lies is caught", () => {
  const bothAcquire = async (context: CaseContext): Promise<void> => {
    const target = context.target();
    const [first, second] = [await context.spawn(), await context.spawn()];
    const held = await first.acquire(target);
    const attempt = await second.tryAcquire(target, { timeoutMs: 50 });
    await held.release();
    if (attempt.status === "acquired") await attempt.held.release();
    context.check("ran", true, "");
  };
  const loops = async (context: CaseContext): Promise<void> => {
    const counter = context.counter();
    const drivers = await Promise.all([1, 2, 3].map(() => context.spawn()));
    const results = await Promise.all(
      drivers.map((driver) => driver.loop(context.target(), counter, { rounds: 10, holdMs: 1 })),
    );
    counter.judge({ completed: results.reduce((sum, result) => sum + (result?.completed ?? 0), 0) });
  };

  test("acquired without locking", async () => {
    const result = await play("never-locks", bothAcquire);
    expect(result.outcome).toBe("failed");
    expect(checksOf(result)).toEqual(["history/impossible", "referee/overlap"]);
    expect(result.failures[0]?.message).toMatch(/never-locks#1 and never-locks#2 both held .* for [\d.]+ ms/);
    expect(result.timeline?.overlaps).toHaveLength(1);
  });

  test("released without releasing", async () => {
    const result = await play("never-releases", async (context) => {
      const held = await (await context.spawn()).acquire(context.target());
      await held.release();
      context.check("ran", true, "");
    });
    expect(result).toMatchObject({ outcome: "failed" });
    expect(checksOf(result)).toEqual(["leftovers/file"]);
  });

  test("a run in which nobody acquires", async () => {
    const refused = async (context: CaseContext): Promise<void> => {
      const attempt = await (await context.spawn()).tryAcquire(context.target());
      context.check("refused", attempt.status === "refused", "it was not refused");
    };
    expect(checksOf(await play("always-refuses", refused))).toEqual(["referee/nobody-acquired"]);
    expect(await play("always-refuses", refused, { refusalsOnly: true })).toMatchObject({ outcome: "passed" });
  });

  test("an unexpected refusal", async () => {
    expect(checksOf(await play("always-refuses", bothAcquire))).toContain("acquire-refused");
  });

  test("a loop without a lock", async () => {
    expect(await play("good", loops)).toMatchObject({ outcome: "passed", statistics: { holds: 30 } });
    expect(checksOf(await play("loops-without-lock", loops))).toContain("counter/duplicate");
  });

  test("a hold that was counted and never was", async () => {
    expect(checksOf(await play("overstates", loops))).toEqual(["counter/total"]);
  });

  test("wrong bytes, another's pid, a forgotten candidate, a witness that is none", async () => {
    const once = async (context: CaseContext): Promise<void> => {
      const held = await (await context.spawn()).acquire(context.target());
      await held.release();
      context.check("ran", true, "");
    };
    expect(checksOf(await play("wrong-bytes", once))).toEqual(["bytes/schema"]);
    expect(checksOf(await play("other-pid", once))).toEqual(["bytes/owner"]);
    expect(checksOf(await play("leaves-candidate", once))).toEqual(["leftovers/file"]);
    expect(checksOf(await play("names-no-witness", once))).toEqual(["bytes/witness"]);
    expect(checksOf(await play("invents-a-witness", once))).toEqual(["bytes/witness"]);
  });
});
