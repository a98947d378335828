import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import {
  age,
  BIN,
  CONTAINER,
  cli,
  deadHelperLock,
  environment,
  hasContainers,
  holding,
  openclawLock,
  plant,
  plantDead,
  Running,
  report,
  states,
  TRUST,
  textOf,
  until,
  usePlace,
} from "./support.js";

const place = usePlace();
afterEach(() => Running.killAll());

const OLD = 3_600_000;
const names = () => readdirSync(place.directory).sort();

/** One of each: dead, living, empty, foreign, unknown, orphaned; what serves them; what is none. */
async function fill(): Promise<Running> {
  const holder = await holding(place.at("live.json"));
  plantDead(place.at("dead.json.lock"));
  plantDead(place.at("guarded.json.lock"));
  plant(place.at("guarded.json.lock.reclaim"), deadHelperLock());
  plantDead(place.at("blocked.json.lock"));
  mkdirSync(place.at("blocked.json.lock.reclaim"));
  age(place.at("blocked.json.lock.reclaim"), OLD);
  plant(place.at("empty.json.lock"), "", OLD);
  plant(place.at("python.json.lock"), "4711\nhost\n", OLD);
  plant(place.at("elsewhere.json.lock"), elsewhere(), OLD);
  plant(place.at(`.openclaw-lock-${"a".repeat(32)}.tmp`), "{}", OLD);
  plant(place.at(`.openclaw-lock-${"b".repeat(32)}.tmp`), "{}");
  plant(place.at(`gone.json.lock.reclaim.${"0".repeat(16)}`), deadHelperLock(), OLD);
  plant(place.at("4f.jsonl.lock"), openclawLock(1 << 30), OLD);
  plant(place.at("data.json"), "{}", OLD);
  return holder;
}

/** A lock of ours from another container of this boot, without a witness. */
function elsewhere(): string {
  return deadHelperLock().replace(/pid:\[\d+\]/, "pid:[4026539999]");
}

const EXPECTED = {
  "blocked.json.lock": "left stale",
  "blocked.json.lock.reclaim": "left orphaned",
  "dead.json.lock": "removed stale",
  "empty.json.lock": "removed stale",
  "guarded.json.lock": "removed stale",
  "guarded.json.lock.reclaim": "removed stale",
  [`gone.json.lock.reclaim.${"0".repeat(16)}`]: "removed leftover",
  "live.json.lock": "left held",
  "python.json.lock": "left foreign",
  "4f.jsonl.lock": "left other",
  [`.openclaw-lock-${"a".repeat(32)}.tmp`]: "removed leftover",
  [`.openclaw-lock-${"b".repeat(32)}.tmp`]: "left in-use",
} as const;

const isHost = readNamespace() === "pid:[4026531836]";

function readNamespace(): string {
  return spawnSync("readlink", ["/proc/self/ns/pid"], { encoding: "utf8" }).stdout.trim();
}

describe("a sweep", () => {
  test.skipIf(!isHost)(
    "removes what is proven dead and nothing else, says why, and finds nothing more to do the next time",
    async () => {
      const holder = await fill();
      const wanted = { ...EXPECTED, "elsewhere.json.lock": "removed stale" };
      const dry = report(["sweep", "--dry-run", place.directory]);
      const planned = Object.fromEntries(
        Object.entries(wanted).map(([name, what]) => [name, what.replace("removed", "would-remove")]),
      );
      expect(states(dry, place.directory)).toEqual(planned);
      const before = names();
      expect(before).toHaveLength(Object.keys(wanted).length + 1);

      const swept = report(["sweep", place.directory]);
      expect(states(swept, place.directory)).toEqual(wanted);
      expect(swept.exitStatus).toBe(20);
      for (const { explanation, advice } of swept.entries) expect([explanation, advice]).not.toContain("");
      const left = Object.entries(wanted)
        .filter(([, what]) => what.startsWith("left"))
        .map(([name]) => name);
      expect(names()).toEqual([...left, "data.json"].sort());

      const again = report(["sweep", place.directory]);
      expect(again.entries.map(({ action }) => action)).toEqual(left.map(() => "left"));
      expect(holder.child.exitCode).toBeNull();
    },
  );

  test("tells people what it removed and why, what it left and why, and the next step", async () => {
    await holding(place.at("live.json"));
    plantDead(place.at("dead.json.lock"));
    plant(place.at("python.json.lock"), "4711\nhost\n", OLD);
    const { stdout, status } = cli(["sweep", place.directory]);
    expect(stdout).toMatch(
      /^removed +dead\.json\.lock +pid \d+ .*\n.*\n +Stale\. Process \d+ does not run any more\.$/m,
    );
    expect(stdout).toMatch(/^left +live\.json\.lock +pid \d+ node .*\n.*\n +Held\. Process \d+ has it open\.$/m);
    expect(stdout).toMatch(/^left +python\.json\.lock .*\n +Foreign\. .*\n +→ End the Python program/m);
    expect(stdout).toContain("1 removed, 2 left.");
    expect(status).toBe(20);
  });

  test("ends with 0 where only the living are left, or nothing is", async () => {
    expect(report(["sweep", place.directory]).exitStatus).toBe(0);
    await holding(place.at("live.json"));
    plantDead(place.at("dead.json.lock"));
    expect(report(["sweep", place.directory]).exitStatus).toBe(0);
    expect(names()).toEqual(["live.json.lock"]);
  });

  test("a lock behind a guard that stays is left, and that is said", () => {
    plantDead(place.at("blocked.json.lock"));
    mkdirSync(place.at("blocked.json.lock.reclaim"));
    for (const options of [["--dry-run"], []]) {
      const { entries } = report(["sweep", ...options, place.directory]);
      const lock = entries.find(({ kind }) => kind === "lock");
      expect(lock).toMatchObject({ action: "left", state: "stale" });
      expect(lock!.explanation).toContain("Its guard keeps everybody from it.");
    }
  });

  test("a dead guard is broken where there is no lock any more", () => {
    plant(place.at("gone.json.lock.reclaim"), deadHelperLock());
    expect(states(report(["sweep", place.directory]), place.directory)).toEqual({
      "gone.json.lock.reclaim": "removed stale",
    });
    expect(names()).toEqual([]);
  });

  test("of one file sweeps that one only", () => {
    plantDead(place.at("a.json.lock"));
    plantDead(place.at("b.json.lock"));
    expect(states(report(["sweep", place.at("a.json")]), place.directory)).toEqual({ "a.json.lock": "removed stale" });
    expect(names()).toEqual(["b.json.lock"]);
  });

  test("the witness of a dead holder goes with its lock", async () => {
    const holder = Running.cli(["run", place.at("data.json"), "--", "sleep", "600"], {
      env: environment("/nonexistent", { OPENCLAW_LOCKS_WITNESS: "always" }),
    });
    await until("the lock is there", () => textOf(place.at("data.json.lock")));
    holder.child.kill("SIGKILL");
    await holder.ended;
    const witness = names().find((name) => name.endsWith(".sock"))!;
    age(place.at(witness), OLD);
    const swept = report(["sweep", place.directory]);
    expect(states(swept, place.directory)).toEqual({
      "data.json.lock": "removed stale",
      [witness]: "removed leftover",
    });
    expect(names()).toEqual([]);
  });

  test("an empty lock that somebody holds with flock is left, however old", async () => {
    plant(place.at("data.json.lock"), "", OLD);
    const locker = new Running([
      "flock",
      "--no-fork",
      place.at("data.json.lock"),
      "sh",
      "-c",
      'echo > "$0"; exec sleep 600',
      place.at("locked"),
    ]);
    await until("it is locked", () => existsSync(place.at("locked")));
    expect(states(report(["sweep", place.at("data.json")]), place.directory)).toEqual({
      "data.json.lock": "left foreign",
    });
    expect(locker.child.exitCode).toBeNull();
  });
});

test("a sweep beside writers removes no lock of theirs", async () => {
  const script = "n=$(cat count); echo $((n + 1)) > count";
  plant(place.at("count"), "0");
  const rounds = 12;
  const loop = `i=0; while [ $i -lt ${rounds} ]; do "$@" || exit 1; i=$((i + 1)); done`;
  const writers = Array.from(
    { length: 2 },
    () =>
      new Running(
        ["sh", "-c", loop, "sh", process.execPath, BIN, "run", "-w", "60s", "count", "--", "sh", "-c", script],
        {
          cwd: place.directory,
          env: environment("/nonexistent"),
        },
      ),
  );
  let isOver = false;
  const ended = Promise.all(writers.map(({ ended }) => ended)).then((all) => {
    isOver = true;
    return all;
  });
  for (let sweeps = 0; !isOver; sweeps++) {
    plantDead(place.at(`dead${sweeps}.json.lock`));
    const sweeper = Running.cli(["sweep", place.directory]);
    expect((await sweeper.ended).status).toBe(0);
  }
  for (const { status, stderr } of await ended) expect([status, stderr]).toEqual([0, ""]);
  expect(textOf(place.at("count"))).toBe(`${2 * rounds}\n`);
  expect(names()).toEqual(["count"]);
});

describe.skipIf(!hasContainers)("in a container", () => {
  const inside = { wrapper: CONTAINER };

  test("a young lock that says pid 1 is left by a sweep, and removed by one at boot", () => {
    plant(place.at("data.json.lock"), openclawLock(1));
    expect(states(report(["sweep", place.directory], inside), place.directory)).toEqual({
      "data.json.lock": "left unknown",
    });
    expect(states(report(["sweep", "--boot", place.directory], inside), place.directory)).toEqual({
      "data.json.lock": "removed stale",
    });
    expect(names()).toEqual([]);
  });

  test("at boot a lock of an earlier container is removed, whoever wrote it", () => {
    plant(place.at("helper.json.lock"), elsewhere());
    plant(place.at("openclaw.json.lock"), openclawLock(1, { starttime: 1 }));
    plant(place.at("gone.json.lock"), openclawLock(1 << 30, { starttime: 1 }));
    plant(place.at("guarded.json.lock.reclaim"), elsewhere());
    const swept = report(["sweep", "--boot", place.directory], inside);
    expect(new Set(Object.values(states(swept, place.directory)))).toEqual(new Set(["removed stale"]));
    expect(swept.exitStatus).toBe(0);
    expect(names()).toEqual([]);
  });

  test("at boot an empty lock that has only just been made is waited for, and removed", () => {
    plant(place.at("data.json.lock"), "");
    expect(states(report(["sweep", "--boot", place.directory], inside), place.directory)).toEqual({
      "data.json.lock": "removed stale",
    });
  });

  test("at boot a living witness still wins", async () => {
    const neighbour = new Running([...CONTAINER, ...command("run", place.at("data.json"), "--", "sleep", "600")], {
      env: environment("/nonexistent"),
    });
    await until("the lock is there", () => textOf(place.at("data.json.lock")));
    expect(readFileSync(place.at("data.json.lock"), "utf8")).toContain('"witness"');
    const swept = report(["sweep", "--boot", place.directory], inside);
    expect(swept.entries[0]).toMatchObject({ state: "held", action: "left", reason: "witness-answers" });
    expect(swept.exitStatus).toBe(0);
    expect(neighbour.child.exitCode).toBeNull();
  });

  test("what looks dead and stays silent is removed after two seconds of watching, many at a time", () => {
    for (let number = 0; number < 40; number++)
      plant(place.at(`${number}.json.lock`), openclawLock(1 << 30, { starttime: 1 }), OLD);
    const started = performance.now();
    const swept = report(["sweep", place.directory], inside);
    expect(swept.entries.every(({ action, reason }) => action === "removed" && reason === "no-sign-of-life")).toBe(
      true,
    );
    // One after the other would take 80 s.
    expect(performance.now() - started).toBeLessThan(40_000);
    expect(names()).toEqual([]);
  });

  function command(...args: string[]): string[] {
    return [process.execPath, BIN, ...args];
  }
});

test.skipIf(!hasContainers)("a lock of another container is left, unless the caller gives his word", () => {
  plant(place.at("data.json.lock"), elsewhere());
  const inside = { wrapper: CONTAINER };
  expect(states(report(["sweep", place.directory], inside), place.directory)).toEqual({
    "data.json.lock": "left unknown",
  });
  expect(states(report(["sweep", "--trust-pids", "--dry-run", place.directory], inside), place.directory)).toEqual({
    "data.json.lock": "would-remove stale",
  });
  expect(states(report(["sweep", place.directory], { ...inside, env: TRUST }), place.directory)).toEqual({
    "data.json.lock": "removed stale",
  });
});

test.skipIf(!hasContainers)(
  "whoever waits for a lock of another container is told of the word that he may give",
  () => {
    plant(place.at("data.json.lock"), elsewhere());
    const { status, stderr } = cli(["run", "-w", "0", place.at("data.json"), "--", "true"], { wrapper: CONTAINER });
    expect([status, stderr]).toEqual([75, expect.stringContaining("add --trust-pids")]);
    expect(
      cli(["run", "-w", "0", "--trust-pids", place.at("data.json"), "--", "true"], { wrapper: CONTAINER }).status,
    ).toBe(0);
  },
);
