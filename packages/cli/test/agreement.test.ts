import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, utimesSync } from "node:fs";
import { basename, join } from "node:path";
import { inspectLock } from "@openclaw/lock-helpers/tools";
import { afterEach, expect, test } from "vitest";
import {
  age,
  cli,
  deadHelperLock,
  holding,
  openclawLock,
  plant,
  plantDead,
  Running,
  report,
  TRUST,
  textOf,
  until,
  usePlace,
} from "./support.js";

const place = usePlace();
afterEach(() => Running.killAll());

const OLD = 3_600_000;
const at = (name: string) => join(place.directory, ".openclaw", name);

function directory(name: string, ageMs: number): void {
  mkdirSync(at(name), { recursive: true });
  age(at(name), ageMs);
}

/** Thirty of them, and what each is. */
async function plantAll(): Promise<Record<string, string>> {
  const startTime = (pid: number) =>
    Number(
      readFileSync(`/proc/${pid}/stat`, "latin1")
        .replace(/^.*\) /s, "")
        .split(" ")[19],
    );
  const self = process.pid;
  mkdirSync(at("live"), { recursive: true });
  await holding(at("live/by-a-helper.json"));
  const sleeper = new Running(["sleep", "600"]);
  plant(at("live/by-openclaw.json.lock"), openclawLock(self, { starttime: startTime(self) }), OLD);
  plant(at("live/opened.json.lock"), openclawLock(sleeper.pid, { starttime: startTime(sleeper.pid) }));
  plantDead(at("dead/helper.json.lock"));
  plant(at("dead/openclaw.json.lock"), openclawLock(1 << 30), OLD);
  plant(at("dead/openclaw-with-start.json.lock"), openclawLock(1 << 30, { starttime: 5 }), OLD);
  plant(at("dead/no-newline.json.lock"), openclawLock(1 << 30).trimEnd(), OLD);
  plant(at("recycled/openclaw.json.lock"), openclawLock(self, { starttime: startTime(self) + 1 }), OLD);
  plant(at("recycled/no-start.json.lock"), openclawLock(self), OLD);
  plant(at("elsewhere/namespace.json.lock"), deadHelperLock().replace(/pid:\[\d+\]/, "pid:[1]"));
  plant(
    at("elsewhere/boot.json.lock"),
    deadHelperLock().replace(/("bootId": ")[^"]*/, "$100000000-0000-0000-0000-000000000000"),
  );
  const locked = plant(at("empty/locked.json.lock"), "", OLD);
  new Running(["flock", locked, "sh", "-c", `: > '${place.at("taken")}'; exec sleep 600`]);
  await until("it is locked", () => textOf(place.at("taken")) === "");
  plant(at("empty/old.json.lock"), "", OLD);
  directory("foreign/directory.json.lock", OLD);
  plant(at("foreign/full.json.lock/file"), "x");
  symlinkSync("nowhere", at("foreign/link.json.lock"));
  spawnSync("mkfifo", [at("foreign/fifo.json.lock")]);
  plant(at("foreign/large.json.lock"), "x".repeat(2 << 20), OLD);
  plant(at("foreign/soft.json.lock"), `${1 << 30}\nhost\n`, OLD);
  plant(at("foreign/soft-live.json.lock"), `${self}\nhost\n`, OLD);
  plant(at("foreign/pid.json.lock"), `${1 << 30}\n`, OLD);
  plant(at("foreign/torn.json.lock"), '{\n  "pid": 4', OLD);
  plant(at("foreign/text.json.lock"), "hello", OLD);
  plant(at("foreign/ownerless.json.lock"), '{"a":1}', OLD);
  plant(at("ownerless/expired.json.lock"), '{"createdAt":"2020-01-01T00:00:00.000Z"}', OLD);
  plant(at("ownerless/future.json.lock"), '{"createdAt":"2099-01-01T00:00:00.000Z"}', OLD);
  directory("guard/orphan.json.lock.reclaim", OLD);
  plant(at("guard/dead.json.lock.reclaim"), deadHelperLock());
  plant(at("guard/empty.json.lock.reclaim"), "", OLD);
  plant(at("guard/with-lock.json.lock"), deadHelperLock());
  directory("guard/with-lock.json.lock.reclaim", OLD);
  plant(at("odd/string-pid.json.lock"), '{"pid":"4711","createdAt":"2020-01-01T00:00:00.000Z"}', OLD);
  cpSync(at("live"), at("copied"), { recursive: true });
  const then = new Date(Date.now() - OLD);
  utimesSync(at("copied/by-a-helper.json.lock"), then, then);
  return Object.fromEntries(report(["status"], options()).entries.map(({ path, state }) => [path, state]));
}

const options = () => ({ home: place.directory, env: TRUST });

test("thirty locks of every kind: all commands say of each what the library says", { timeout: 240_000 }, async () => {
  const states = await plantAll();
  const paths = Object.keys(states).filter((path) => /\.lock(?:\.reclaim)?$/.test(path));
  expect(paths.length).toBeGreaterThanOrEqual(30);
  const judged = new Map(
    await Promise.all(
      paths.map(async (path) => [path, await inspectLock(path, { trustPids: true, watch: true })] as const),
    ),
  );
  const swept = new Map(report(["sweep", "--dry-run"], options()).entries.map((entry) => [entry.path, entry]));
  const doctor = cli(["doctor", "--json"], options());
  const { diagnoses } = JSON.parse(doctor.stdout) as {
    diagnoses: { cause: string; subject?: string; evidence: { where: string }[] }[];
  };
  expect(doctor.status).toBe(20);
  const staleEntries = paths.filter((path) => states[path] === "stale");
  expect(diagnoses.find(({ cause }) => cause === "stale-lock")!.evidence[0]!.where).toBe(staleEntries[0]);

  const CAUSES: Record<string, string> = {
    foreign: "foreign-lock",
    orphaned: "orphaned-guard",
    unknown: "unjudged-lock",
  };
  for (const path of paths) {
    const { verdict, removable, reason } = judged.get(path)!;
    const isGuard = path.endsWith(".reclaim");
    const state = states[path]!;
    const name = path.slice(place.directory.length);
    if (!isGuard) expect([name, state]).toEqual([name, verdict]);
    else expect([name, removable ? "stale" : "orphaned"]).toEqual([name, state]);
    // Its guard keeps a sweep from a dead lock.
    const isBlocked = basename(path) === "with-lock.json.lock";
    expect([name, swept.get(path)!.action]).toEqual([name, removable && !isBlocked ? "would-remove" : "left"]);
    const cause = CAUSES[state];
    if (cause !== undefined)
      expect(
        diagnoses.filter(({ subject }) => subject === path).map((one) => one.cause),
        name,
      ).toEqual([cause]);
    const explained = cli(["explain", path], options()).stdout;
    expect(explained, name).toContain(`${basename(path)}: ${state}`);
    expect(explained, name).toContain(`: ${reason}]`);
    const shown = cli(["repair", path], options()).stdout;
    if (state === "stale") expect(shown, name).toContain("proven");
    if (state === "held") expect(shown, name).toMatch(/missing +It is held/);
    expect(shown).not.toContain("Removed.");
  }
  expect(Object.fromEntries(report(["status"], options()).entries.map(({ path, state }) => [path, state]))).toEqual(
    states,
  );
});
