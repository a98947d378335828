import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import {
  age,
  BIN,
  CONTAINER,
  cli,
  environment,
  hasContainers,
  holding,
  openclawLock,
  plant,
  Running,
  textOf,
  until,
  usePlace,
} from "./support.js";

const place = usePlace();
afterEach(() => Running.killAll());

const OLD = 3_600_000;
const TORN = '{\n  "pid": 47';

function orphan(name = "data.json.lock.reclaim", ageMs = OLD): string {
  const guard = place.at(name);
  mkdirSync(guard, { recursive: true });
  age(guard, ageMs);
  return guard;
}

// In a container of its own: what else runs on the machine has no say.
describe.skipIf(!hasContainers)("a guard that names nobody", () => {
  const repair = (args: readonly string[], before = "") =>
    cli(["repair", ...args], {
      wrapper: before === "" ? CONTAINER : [...CONTAINER, "bash", "-c", `${before}; "$@"; exit $?`, "bash"],
    });

  test("goes when nobody is left who can have made it; the proof is shown, and the lock can be taken", () => {
    const guard = orphan();
    const { stdout, status } = repair([place.at("data.json"), "--yes", "--trust-pids"]);
    expect(stdout).toMatch(/proven +Nobody is left who can have made it[\s\S]*Removed\./);
    expect(status).toBe(0);
    expect(existsSync(guard)).toBe(false);
    expect(cli(["run", place.at("data.json"), "--", "true"]).status).toBe(0);
  });

  test("stays where the processes of other containers cannot be seen, and nobody has vouched for them", () => {
    const guard = orphan();
    const { stdout, status } = repair([guard, "--yes"]);
    expect(stdout).toMatch(/missing +Other containers' processes cannot be seen/);
    expect(stdout).toContain("--trust-pids");
    expect(status).toBe(20);
    expect(existsSync(guard)).toBe(true);
  });

  test.each([
    ["OpenClaw, whenever it has begun", "exec -a openclaw-gateway sleep 600"],
    ["OpenClaw, by its path", "exec bash -c 'sleep 600; :' /usr/lib/node_modules/openclaw/dist/index.js"],
  ])("stays while %s runs, which is named", (_what, command) => {
    const guard = orphan();
    const { stdout, status } = repair([guard, "--yes", "--trust-pids"], `(${command}) & sleep 0.2`);
    expect(stdout).toMatch(/missing +Process \d+ \([^)]*openclaw/);
    expect(status).toBe(20);
    expect(existsSync(guard)).toBe(true);
  });

  test("stays while a JavaScript program runs that was there before it, and not for one that came long after", () => {
    const guard = orphan("data.json.lock.reclaim", 60_000);
    const script = `("${process.execPath}" -e 'setTimeout(() => {}, 600000)') & sleep 0.3`;
    expect(repair([guard, "--yes", "--trust-pids"], script).stdout).toMatch(/missing +Process \d+ \(.*node/);
    expect(existsSync(guard)).toBe(true);
    age(guard, OLD);
    expect(repair([guard, "--yes", "--trust-pids"], script).status).toBe(0);
  });

  test("stays while it is young, and when it is something that OpenClaw makes not", () => {
    const young = orphan("young.json.lock.reclaim", 1000);
    expect(repair([young, "--yes", "--trust-pids"])).toMatchObject({ status: 20 });
    symlinkSync("nowhere", place.at("link.json.lock.reclaim"));
    age(place.at("link.json.lock.reclaim"), OLD);
    expect(repair([place.at("link.json"), "--yes", "--trust-pids"])).toMatchObject({ status: 20 });
    expect(existsSync(young)).toBe(true);
  });

  test("an empty one stays while a process has it open", () => {
    const guard = plant(place.at("data.json.lock.reclaim"), "", OLD);
    const { stdout } = repair([guard, "--yes", "--trust-pids"], `exec 9<'${guard}'`);
    expect(stdout).toMatch(/missing +Process \d+ .* has it open/);
    expect(textOf(guard)).toBe("");
    expect(repair([guard, "--yes", "--trust-pids"]).status).toBe(0);
    expect(existsSync(guard)).toBe(false);
  });

  test("its lock, whose holder is dead, goes after it, and stays with it", () => {
    const guard = orphan();
    const lock = plant(place.at("data.json.lock"), openclawLock(1), OLD);
    expect(repair([place.at("data.json"), "--yes"]).stdout).toContain("its guard keeps everybody from it");
    expect(textOf(lock)).toBeDefined();
    expect(repair([place.at("data.json"), "--yes", "--trust-pids"]).status).toBe(0);
    expect([existsSync(guard), existsSync(lock)]).toEqual([false, false]);
  });

  test("those who repair it at the same time take turns: none removes what came after", async () => {
    const guard = orphan();
    const script = `for i in 1 2 3 4; do "${process.execPath}" "${BIN}" repair '${guard}' --yes --trust-pids >'${place.directory}/out'$i & done; wait`;
    const all = new Running([...CONTAINER, "bash", "-c", script], { env: environment("/nonexistent") });
    await all.ended;
    const said = [1, 2, 3, 4].map((number) => textOf(place.at(`out${number}`)) ?? "");
    expect(said.filter((text) => text.includes("Removed."))).toHaveLength(1);
    expect(existsSync(guard)).toBe(false);
    expect(existsSync(`${guard}.lock`)).toBe(false);
  });
});

describe("a lock that nobody can read", () => {
  const repair = (args: readonly string[], env = {}) =>
    cli(["repair", ...args], { env: { OPENCLAW_LOCKS_TRUST_PIDS: "1", ...env } });

  test("half of one goes when nobody has it open", () => {
    const lock = plant(place.at("data.json.lock"), TORN, OLD);
    const { stdout, status } = repair([lock, "--yes"]);
    expect(stdout).toMatch(/proven +Nobody has it open\.[\s\S]*Removed\./);
    expect(status).toBe(0);
    expect(existsSync(lock)).toBe(false);
  });

  test("half of one stays while a process has it open, or has locked it", async () => {
    const lock = plant(place.at("data.json.lock"), TORN, OLD);
    const writer = new Running(["sh", "-c", `exec 9<'${lock}'; : >'${place.at("open")}'; exec sleep 600`]);
    await until("it is open", () => existsSync(place.at("open")));
    expect(repair([lock, "--yes"])).toMatchObject({ status: 20 });
    expect(repair([lock, "--yes"]).stdout).toContain(`Process ${writer.pid} (sleep) has it open`);
    expect(textOf(lock)).toBe(TORN);
  });

  test("what another library has left goes when its process has ended, and not before", () => {
    const dead = plant(place.at("dead.json.lock"), `${1 << 30}\nhost\n`, OLD);
    const live = plant(place.at("live.json.lock"), `${process.pid}\nhost\n`, OLD);
    expect(repair([dead, "--yes"]).status).toBe(0);
    expect(repair([live, "--yes"]).stdout).toContain(`Process ${process.pid}, which it names, runs`);
    expect([existsSync(dead), existsSync(live)]).toEqual([false, true]);
  });

  test.each([
    ["text that is no lock", () => plant(place.at("data.json.lock"), "something of the user's", OLD)],
    ["JSON without an owner", () => plant(place.at("data.json.lock"), '{"a":1}', OLD)],
    ["a directory with files in it", () => plant(place.at("data.json.lock/file"), "x", OLD)],
  ])("%s is never removed", (_what, make) => {
    make();
    expect(repair([place.at("data.json.lock"), "--yes"])).toMatchObject({ status: 20 });
    expect(existsSync(place.at("data.json.lock"))).toBe(true);
  });

  test("without --yes, and without anybody to ask, nothing is touched", () => {
    const lock = plant(place.at("data.json.lock"), TORN, OLD);
    const { stdout, status } = repair([lock]);
    expect(stdout).toContain("add --yes");
    expect(status).toBe(20);
    expect(textOf(lock)).toBe(TORN);
  });

  test("a living holder's lock is never removed; nothing at all needs no repair", async () => {
    await holding(place.at("data.json"));
    expect(repair([place.at("data.json"), "--yes"])).toMatchObject({ status: 20 });
    expect(textOf(place.at("data.json.lock"))).toBeDefined();
    expect(repair([place.at("other.json"), "--yes"])).toMatchObject({ status: 0 });
  });
});
