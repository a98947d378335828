import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { BIN, cli, environment, plant, Running, report, textOf, until, usePlace } from "./support.js";

const place = usePlace();
afterEach(() => Running.killAll());

const hasFlock = spawnSync("flock", ["--version"]).status === 0;
const canLock = (path: string) => spawnSync("flock", ["-n", path, "true"]).status === 0;

describe.skipIf(!hasFlock)("run --also-flock", () => {
  const target = () => place.at("data.json");

  async function running(): Promise<Running> {
    plant(target(), "{}\n");
    const holder = Running.cli([
      "run",
      "--also-flock",
      target(),
      "--",
      "sh",
      "-c",
      `: >'${place.at("begun")}'; exec sleep 600`,
    ]);
    await until("the command runs", () => existsSync(place.at("begun")));
    return holder;
  }

  test("keeps out who goes by flock, while the command runs and no longer", async () => {
    const holder = await running();
    expect(canLock(target())).toBe(false);
    const [entry] = report(["status", target()]).entries;
    expect(entry).toMatchObject({ state: "held", kernelLocks: [{ on: "target", type: "flock" }] });
    holder.child.kill("SIGTERM");
    expect((await holder.ended).signal).toBe("SIGTERM");
    expect(canLock(target())).toBe(true);
    expect(textOf(`${target()}.lock`)).toBeUndefined();
  });

  test("when it is killed itself the flock ends with it", async () => {
    const holder = await running();
    holder.child.kill("SIGKILL");
    await until("it is free", () => canLock(target()));
  });

  test("what the command leaves in the background has neither lock", () => {
    plant(target(), "{}\n");
    const { status } = cli(["run", "--also-flock", target(), "--", "sh", "-c", "sleep 600 >/dev/null 2>&1 & exit 3"]);
    expect(status).toBe(3);
    expect(canLock(target())).toBe(true);
    expect(textOf(`${target()}.lock`)).toBeUndefined();
  });

  test("a program that has the flock is waited for, then named, and our lock is given back", async () => {
    plant(target(), "{}\n");
    const script = new Running(["flock", target(), "sh", "-c", `: >'${place.at("taken")}'; exec sleep 600`]);
    await until("it is locked", () => existsSync(place.at("taken")));
    const { status, stderr } = cli(["run", "--also-flock", "-w", "300ms", target(), "--", "true"]);
    expect(status).toBe(75);
    expect(stderr).toContain("a program has locked");
    expect(stderr).toContain("flock_timeout");
    expect(textOf(`${target()}.lock`)).toBeUndefined();
    script.child.kill("SIGKILL");
  });

  test("a flock that is lost is told, and the command goes on", async () => {
    const holder = await running();
    const [entry] = report(["status", target()]).entries;
    const shells = spawnSync("pgrep", ["-P", String(holder.pid), "flock"], { encoding: "utf8" }).stdout.trim();
    expect(entry?.kernelLocks).toHaveLength(1);
    spawnSync("sh", ["-c", `kill -KILL ${shells} $(pgrep -P ${shells})`]);
    await until("it is told", () => holder.stderr.includes("the flock on"));
    expect(holder.child.exitCode).toBeNull();
  });

  test("a file that is not there is refused, and not made", () => {
    const { status, stderr } = cli(["run", "--also-flock", target(), "--", "true"]);
    expect(status).toBe(74);
    expect(stderr).toContain("flock_no_file");
    expect(existsSync(target())).toBe(false);
  });

  test("without flock(1) it is refused", () => {
    plant(target(), "{}\n");
    const { status, stderr } = spawnSync(process.execPath, [BIN, "run", "--also-flock", target(), "--", "true"], {
      env: { ...environment("/nonexistent"), PATH: "/nonexistent" },
      encoding: "utf8",
    });
    expect(status).toBe(69);
    expect(stderr).toContain("flock_missing");
  });
});
