import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { startDriver } from "./drivers.js";
import { namesIn, usePlace } from "./support.js";

const place = usePlace();

// What the parent has of its own: its pipes are those of whoever has started it.
const linksOf = (pid: number) =>
  readdirSync(`/proc/${pid}/fd`)
    .map((descriptor) => readlinkSync(`/proc/${pid}/fd/${descriptor}`))
    .filter((link) => link.startsWith("socket:") || link.startsWith(place.directory));

describe.runIf(process.platform === "linux").each(["never", "always"])("of a holder (witness: %s)", (witness) => {
  const hold = async () => {
    const driver = startDriver();
    const reply = await driver.ask("acquire", { target: place.target, handle: "lock", options: { witness } });
    expect(reply).toMatchObject({ status: "ok" });
    return driver;
  };

  test.each(["exec", "worker"])("a child (%s) that ends takes nothing with it", async (how) => {
    const driver = await hold();
    const before = readFileSync(place.lockPath);
    for (const _round of [1, 2]) {
      const reply = await driver.ask("child", { how, handle: "lock", ends: "exit" });
      expect(reply).toMatchObject({ status: "ok", outcome: "impossible", pid: null });
      expect(readFileSync(place.lockPath)).toEqual(before);
      expect(await driver.ask("verify", { handle: "lock" })).toMatchObject({ held: true });
    }
    await driver.ask("release", { handle: "lock" });
    await driver.ask("bye");
    await driver.ended;
    expect(namesIn(place)).toEqual([]);
  });

  test("a program that lives on has nothing of it open, and does not keep it", async () => {
    const driver = await hold();
    const { pid } = (await driver.ask("child", { how: "exec", handle: "lock", ends: "stay" })) as unknown as {
      pid: number;
    };
    try {
      const parents = new Set(linksOf(driver.process.pid!));
      expect(linksOf(pid).filter((link) => parents.has(link))).toEqual([]);
      driver.process.kill("SIGKILL");
      await driver.ended;
      const next = startDriver();
      const got = await next.ask("acquire", { target: place.target, handle: "next", options: { timeoutMs: 0 } });
      expect(got).toMatchObject({ status: "ok" });
      expect(() => process.kill(pid, 0)).not.toThrow();
    } finally {
      process.kill(pid, "SIGKILL");
    }
  });
});
