import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import stringWidth from "string-width";
import { afterEach, describe, expect, test } from "vitest";
import {
  age,
  cli,
  deadHelperLock,
  holding,
  openclawLock,
  plant,
  plantDead,
  type ReportEntry,
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

function only(args: readonly string[]): ReportEntry {
  const { entries } = report(["status", ...args], { env: TRUST });
  expect(entries).toHaveLength(1);
  return entries[0]!;
}

describe("what there is", () => {
  test("an empty directory holds nothing", () => {
    const { status, stdout } = cli(["status", place.directory]);
    expect(stdout).toContain("No locks.");
    expect(status).toBe(0);
  });

  test("a living holder is named, with its command, purpose and helper, and the exit status says held", async () => {
    const holder = await holding(place.at("data.json"), ["--purpose", "the weather"]);
    const found = report(["status", place.directory]);
    expect(found.exitStatus).toBe(10);
    expect(found.entries).toMatchObject([
      {
        path: place.at("data.json.lock"),
        kind: "lock",
        state: "held",
        holder: { pid: holder.pid, command: "node", purpose: "the weather" },
      },
    ]);
    expect(found.entries[0]!.holder!.helper).toMatch(/^typescript\//);
    const text = cli(["status", place.directory], { env: { COLUMNS: "80" } }).stdout;
    expect(text).toContain(`pid ${holder.pid} node`);
    expect(text).toContain("“the weather”");
  });

  test("a dead holder is stale, with the reason and the next step, and the exit status says stuck", () => {
    plantDead(place.at("data.json.lock"));
    const { status, stdout } = cli(["status", place.directory]);
    expect(status).toBe(20);
    expect(stdout).toContain("stale");
    expect(stdout).toContain("→ Run openclaw-locks sweep");
  });

  test("a guard is said to belong to its lock, a marker to its guard", () => {
    plantDead(place.at("data.json.lock"));
    plant(place.at("data.json.lock.reclaim"), deadHelperLock());
    plant(place.at("data.json.lock.reclaim.0123456789abcdef"), deadHelperLock());
    const { entries } = report(["status", place.directory]);
    expect(entries.map(({ kind, state, belongsTo }) => [kind, state, belongsTo])).toEqual([
      ["lock", "stale", undefined],
      ["guard", "stale", place.at("data.json.lock")],
      ["marker", "stale", place.at("data.json.lock.reclaim")],
    ]);
    expect(cli(["status", place.directory]).stdout).toContain("Guard of data.json.lock.");
  });

  test("a guard without an owner is orphaned when it is old, and at work when it is young", () => {
    mkdirSync(place.at("young.json.lock.reclaim"));
    mkdirSync(place.at("old.json.lock.reclaim"));
    age(place.at("old.json.lock.reclaim"), OLD);
    const { entries, exitStatus } = report(["status", place.directory]);
    expect(entries.map(({ state }) => state)).toEqual(["orphaned", "in-use"]);
    expect(entries[0]!.advice).toBe(`Run: openclaw-locks repair ${place.at("old.json.lock.reclaim")}`);
    expect(exitStatus).toBe(20);
    expect(report(["status", place.at("young.json")]).exitStatus).toBe(10);
  });

  test("a guard that is presumed dead, not proven, is unknown", () => {
    plant(place.at("data.json.lock.reclaim"), openclawLock(1 << 30), OLD);
    const { kind, state, advice } = only([place.at("data.json")]);
    expect([kind, state]).toEqual(["guard", "unknown"]);
    expect(advice).not.toContain("sweep");
  });

  test("what is foreign is called what it is", () => {
    plant(place.at("python.json.lock"), "4711\nhost\n", OLD);
    mkdirSync(place.at("proper.json.lock"));
    plant(place.at("empty.json.lock"), "", 10_000);
    const { entries } = report(["status", place.directory]);
    expect(entries.map(({ state, what }) => [state, what])).toEqual([
      ["foreign", "empty"],
      ["foreign", "proper-lockfile"],
      ["foreign", "filelock-soft"],
    ]);
    expect(entries[1]!.explanation).toContain("proper-lockfile");
    expect(entries[1]!.advice).toContain(`run: rmdir ${place.at("proper.json.lock")}`);
  });

  test("who has locked a lock, or the file that it guards, with flock is listed, and that is not held", async () => {
    plant(place.at("agents/main/agent/auth-profiles.json"), "{}\n");
    plant(place.at("data.json"), "{}\n");
    plant(place.at("empty.json.lock"), "", 10_000);
    const files = ["agents/main/agent/auth-profiles.json", "data.json", "empty.json.lock"].map(place.at);
    const scripts = files.map(
      (file) => new Running(["flock", file, "sh", "-c", `: > '${file}.taken'; exec sleep 600`]),
    );
    for (const file of files) await until("it is locked", () => existsSync(`${file}.taken`));
    const { entries, exitStatus } = report(["status", place.directory, place.at("data.json")], { env: TRUST });
    const found = entries.map(({ path, state, kernelLocks }) => [
      path.slice(place.directory.length + 1),
      state,
      kernelLocks?.map(({ on, type, access }) => [on, type, access]),
    ]);
    expect(found).toEqual([
      ["empty.json.lock", "foreign", [["lock", "flock", "WRITE"]]],
      ["agents/main/agent/auth-profiles.json.lock", "free", [["target", "flock", "WRITE"]]],
      ["data.json.lock", "free", [["target", "flock", "WRITE"]]],
    ]);
    expect(exitStatus).toBe(20);
    const { stdout } = cli(["status", place.at("data.json")], { env: { COLUMNS: "80" } });
    expect(stdout).toContain(`Process ${scripts[1]!.pid} (flock) has locked data.json with flock`);
  });

  test("an empty lock goes from being written, through foreign, to stale", () => {
    const path = plant(place.at("data.json.lock"), "");
    expect(only([path]).state).toBe("being-written");
    age(path, 10_000);
    expect(only([path]).state).toBe("foreign");
    age(path, 40_000);
    expect(only([path]).state).toBe("stale");
  });

  test("a candidate is a leftover when it is old; it needs no attention", () => {
    plant(place.at(`.openclaw-lock-${"a".repeat(32)}.tmp`), "{}", OLD);
    plant(place.at(`.openclaw-lock-${"b".repeat(32)}.tmp`), "{}");
    plant(place.at(`.openclaw-lock-${"c".repeat(16)}.tmp`), "", OLD);
    const { entries, exitStatus } = report(["status", place.directory]);
    expect(entries.map(({ kind, state }) => [kind, state])).toEqual([
      ["candidate", "leftover"],
      ["candidate", "in-use"],
      ["unfinished-witness", "leftover"],
    ]);
    expect(exitStatus).toBe(0);
  });

  test("a witness is said to belong to the lock that names it", async () => {
    const witnessed = Running.cli(["run", place.at("other.json"), "--", "sleep", "600"], {
      env: { ...process.env, OPENCLAW_LOCKS_WITNESS: "always" },
    });
    await until("the lock is there", () => textOf(place.at("other.json.lock")));
    const { entries } = report(["status", place.directory]);
    const witness = entries.find(({ kind }) => kind === "witness");
    expect(witness).toMatchObject({ state: "in-use", belongsTo: place.at("other.json.lock") });
    expect(witnessed.child.exitCode).toBeNull();
  });
});

describe("locks with rules of their own", () => {
  const OTHERS: Readonly<Record<string, string>> = {
    "tmp/openclaw-0/gateway.state.lock": "gateway",
    "tmp/openclaw-0/gateway.0a1b2c3d.lock": "gateway",
    "agents/main/sessions/4f.jsonl.lock": "session",
    "agents/main/sessions/sessions.json.lock": "session",
    "openclaw.json.clobber.lock": "clobber",
    "recovery.lock": "recovery",
    ".openclaw-lifecycle-lock": "lifecycle",
    "workspace/.git/index.lock": "git",
    "workspace/.git/config.lock": "git",
    "workspace/yarn.lock": "dependencies",
  };

  test("are shown as such, need no attention, and are never swept", () => {
    for (const path of Object.keys(OTHERS)) plant(place.at(path), openclawContent(path), OLD);
    const found = report(["status", place.directory]);
    const what = Object.fromEntries(
      found.entries.map((entry) => [entry.path.slice(place.directory.length + 1), entry.what]),
    );
    expect(what).toEqual(OTHERS);
    expect(found.entries.every(({ kind, state }) => kind === "other" && state === "other")).toBe(true);
    expect(found.exitStatus).toBe(0);
    expect(report(["sweep", "--boot", place.directory]).exitStatus).toBe(0);
    for (const path of Object.keys(OTHERS)) expect(textOf(place.at(path)), path).toBeDefined();
  });

  const openclawContent = (path: string) =>
    path.endsWith("yarn.lock") ? "# yarn lockfile v1\n" : openclawLock(1 << 30);

  test("a lock whose name only looks like theirs is judged", () => {
    plantDead(place.at("gateway.json.lock"));
    plantDead(place.at("uv.lock"));
    expect(states(report(["status", place.directory]), place.directory)).toEqual({
      "gateway.json.lock": "stale",
      "uv.lock": "stale",
    });
  });
});

describe("where it looks", () => {
  test("by default below the state directory, where its locks are", () => {
    const state = place.at(".openclaw");
    plantDead(join(state, "openclaw.json.lock"));
    plantDead(join(state, "locks/oauth-refresh/lock-00.lock"));
    plantDead(join(state, "agents/main/agent/auth-profiles.json.lock"));
    const found = report(["status"], { home: place.directory });
    expect(found.places).toEqual([state]);
    expect(Object.values(states(found, state))).toEqual(["stale", "stale", "stale"]);
    expect(cli(["status"], { home: place.directory }).stdout).toContain(`OpenClaw's state directory: ${state}`);
  });

  test("where OPENCLAW_STATE_DIR and --profile say", () => {
    plantDead(place.at("state/a.json.lock"));
    plantDead(place.at(".openclaw-work/b.json.lock"));
    const env = { OPENCLAW_STATE_DIR: place.at("state") };
    expect(states(report(["status"], { env }), place.directory)).toEqual({ "state/a.json.lock": "stale" });
    expect(states(report(["status", "--profile", "work"], { home: place.directory }), place.directory)).toEqual({
      ".openclaw-work/b.json.lock": "stale",
    });
    const both = report(["status", "--profile", "work"], { home: place.directory, env });
    expect(states(both, place.directory)).toEqual({ "state/a.json.lock": "stale" });
  });

  test("and takes neither the intent of a refresh nor a store about to be replaced for a lock", () => {
    const state = place.at(".openclaw");
    plantDead(join(state, `locks/oauth-refresh/.openclaw-refresh-${"a".repeat(32)}.json`));
    plantDead(join(state, `.openclaw-store-${"b".repeat(32)}.tmp`));
    plantDead(join(state, "openclaw.json.lock"));
    const before = report(["status"], { home: place.directory });
    expect(states(before, place.directory)).toEqual({ ".openclaw/openclaw.json.lock": "stale" });
    expect(cli(["sweep"], { home: place.directory }).status).toBe(0);
    expect(existsSync(join(state, `locks/oauth-refresh/.openclaw-refresh-${"a".repeat(32)}.json`))).toBe(true);
    expect(existsSync(join(state, `.openclaw-store-${"b".repeat(32)}.tmp`))).toBe(true);
  });

  test("also at a configuration file that is elsewhere", () => {
    mkdirSync(place.at(".openclaw"));
    plantDead(place.at("etc/openclaw.json.lock"));
    const env = { OPENCLAW_CONFIG_PATH: place.at("etc/openclaw.json") };
    expect(states(report(["status"], { home: place.directory, env }), place.directory)).toEqual({
      "etc/openclaw.json.lock": "stale",
    });
  });

  test("a state directory that is not there holds nothing, and that is said", () => {
    const { status, stdout } = cli(["status"], { home: place.directory });
    expect(status).toBe(0);
    expect(stdout).toContain(`${place.at(".openclaw")} does not exist.`);
  });

  test("at a file, its lock, its guard or its marker: always the whole of that lock and nothing else", () => {
    plantDead(place.at("data.json.lock"));
    plant(place.at("data.json.lock.reclaim"), deadHelperLock());
    plant(place.at("data.json.lock.reclaim.0123456789abcdef"), deadHelperLock());
    plantDead(place.at("data.json.lock2.lock"));
    const expected = states(report(["status", place.at("data.json")]), place.directory);
    expect(Object.keys(expected)).toHaveLength(3);
    for (const suffix of [".lock", ".lock.reclaim", ".lock.reclaim.0123456789abcdef"]) {
      expect(states(report(["status", place.at(`data.json${suffix}`)]), place.directory)).toEqual(expected);
    }
  });

  test("at a file that nobody holds: free", () => {
    const entry = only([place.at("data.json")]);
    expect(entry).toMatchObject({ state: "free", path: place.at("data.json.lock") });
  });

  test("at a file in a directory that is not there: an error, not free", () => {
    const found = report(["status", place.at("none/data.json")]);
    expect(found.exitStatus).toBe(74);
    expect(found.unreadable).toEqual([{ path: place.at("none/data.json"), reason: "ENOENT" }]);
  });

  test("a link to a directory is followed where it is named, or where OpenClaw keeps locks, and nowhere else", () => {
    plantDead(place.at("disk/main/agent/auth-profiles.json.lock"));
    plantDead(place.at("elsewhere/x.json.lock"));
    mkdirSync(place.at("state/workspace"), { recursive: true });
    symlinkSync(place.at("disk"), place.at("state/agents"));
    symlinkSync(place.at("elsewhere"), place.at("state/workspace/link"));
    symlinkSync(place.at("state"), place.at("named"));
    const paths = report(["status", place.at("named")]).entries.map(({ path }) => path);
    expect(paths).toEqual([place.at("disk/main/agent/auth-profiles.json.lock")]);
  });

  test("installed packages are passed over, and that is said", () => {
    plantDead(place.at("extensions/x/node_modules/y/z.lock"));
    const found = report(["status", place.directory]);
    expect(found.entries).toEqual([]);
    expect(found.skipped).toEqual([{ path: place.at("extensions/x/node_modules"), reason: "installed packages" }]);
    expect(cli(["status", place.directory]).stdout).toContain("Passed over:");
  });
});

describe("how it is shown", () => {
  const LONG = "locks/oauth-refresh/sha256-cee1bbaed8073aace8170859a25616882c288ceeaa1119df363bf01cc0cdab65.lock";

  function fill(): void {
    plantDead(place.at(LONG));
    plant(place.at("漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字.lock"), openclawLock(1 << 30, { starttime: 1 }));
    plant(place.at("foreign.json.lock"), "4711\nhost\n", OLD);
    plant(place.at("guarded.json.lock.reclaim"), deadHelperLock());
    mkdirSync(place.at("directory.json.lock"));
    plant(place.at("a.jsonl.lock"), openclawLock(1));
  }

  test.each([80, 60, 59, 40])("no line is longer than %i columns", (columns) => {
    fill();
    const { stdout } = cli(["status", place.directory], { env: { COLUMNS: String(columns) } });
    // A path alone in its line may go on in the next one: so it can be copied as what it is.
    const words = stdout.split("\n").filter((line) => line.trim().includes(" "));
    for (const line of words) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
    expect(words.length).toBeGreaterThan(10);
    expect(stdout.replace(/\s/g, "")).toContain("cc0cdab65.lock");
  });

  test("in a pipe no name is broken", () => {
    fill();
    expect(cli(["status", place.directory]).stdout).toMatch(new RegExp(`^stale +${LONG} `, "m"));
  });

  test("in a pipe there are no colours", () => {
    fill();
    expect(cli(["status", place.directory]).stdout).not.toContain("\u001b");
  });

  test("a reader that stops reading is no error", () => {
    for (let number = 0; number < 300; number++) plantDead(place.at(`${number}.json.lock`));
    const wrapper = ["sh", "-c", '"$@" | head -n 1', "sh"];
    const { status, stdout, stderr } = cli(["status", place.directory], { wrapper });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(place.directory);
  });
});

test("wrong arguments are refused at once, with one sentence and exit status 64", () => {
  for (const args of [
    ["status", "--profile", "../x"],
    ["status", "--profile", "a", place.directory],
    ["status", "--stale", "soon"],
    ["status", "--stale", "-1"],
    ["status", "--frobnicate"],
    ["status", ""],
    ["frobnicate"],
  ]) {
    const { status, stdout, stderr } = cli(args);
    expect(status, args.join(" ")).toBe(64);
    expect(stdout).toBe("");
    expect(stderr).not.toMatch(/\n\s+at /);
  }
});

test("a setting in the environment that would be misunderstood is refused at once", () => {
  for (const env of [{ OPENCLAW_LOCKS_TRUST_PIDS: "yes" }, { OPENCLAW_LOCKS_WITNESS: "\u001b[2J" }]) {
    for (const args of [
      ["status", place.directory],
      ["sweep", place.directory],
      ["run", place.at("x"), "--", "true"],
    ]) {
      const { status, stderr } = cli(args, { env });
      expect(status).toBe(64);
      expect(stderr).toMatch(/^openclaw-locks: OPENCLAW_LOCKS_\w+ must be one of /);
      expect(stderr).not.toContain("\u001b");
    }
  }
});

test("output that cannot be written is an error", () => {
  const { status, stderr } = cli(["status", place.directory], { wrapper: ["sh", "-c", '"$@" > /dev/full', "sh"] });
  expect([status, stderr]).toEqual([74, expect.stringContaining("ENOSPC")]);
});

test("the help of every command shows examples and its exit statuses", () => {
  expect(cli(["--help"]).stdout).toContain("Examples:");
  for (const command of ["status", "sweep", "run"]) {
    const { stdout, status } = cli([command, "--help"]);
    expect(status).toBe(0);
    expect(stdout).toContain("Examples:");
    expect(stdout).toContain("Exit status:");
  }
});
