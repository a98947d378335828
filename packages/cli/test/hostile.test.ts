import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import {
  age,
  BIN,
  cli,
  deadHelperLock,
  environment,
  holding,
  isRoot,
  openclawLock,
  plant,
  plantDead,
  type Report,
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

const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
const SECRET = "sk-live-0123456789";
const EVIL = "\u001b]0;owned\u0007\u001b[2J\r\nfake line\u202egnp\u2066\u009b31m\u200b";

const OLD = 3_600_000;
/** Another user, where we may become one. */
const AS_OTHER = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"] : [];
const canBeOther = spawnSync(AS_OTHER[0] ?? "true", [...AS_OTHER.slice(1), process.execPath, "-e", "0"]).status === 0;

describe("names and contents", () => {
  test("reach neither screen nor JSON raw, and JSON gives the true name", () => {
    const name = `${EVIL.replaceAll("/", "")}.lock`;
    plant(place.at(name), openclawLock(1 << 30, { purpose: EVIL, host: EVIL, helper: EVIL, starttime: 1 }), OLD);
    plant(place.at(`${EVIL}2.lock`), EVIL, OLD);
    mkdirSync(place.at(`${EVIL}3.lock.reclaim`));
    age(place.at(`${EVIL}3.lock.reclaim`), OLD);
    for (const args of [["status"], ["status", "--json"], ["sweep", "--dry-run"], ["sweep", "--dry-run", "--json"]]) {
      for (const columns of ["40", "80", ""]) {
        const { stdout, stderr } = cli([...args, place.directory], { env: columns ? { COLUMNS: columns } : {} });
        expect(stdout + stderr, args.join(" ")).not.toMatch(UNSAFE);
      }
    }
    expect(report(["status", place.directory]).entries.map(({ path }) => path)).toContain(place.at(name));
  });

  test("are safe in messages about a path that was given", () => {
    for (const args of [
      ["status", place.at(`${EVIL}/x`)],
      ["status", "--profile", EVIL],
      ["status", "--stale", EVIL],
      ["run", place.at(`${EVIL}/x`), "--", "true"],
      ["run", place.at(`${EVIL}.lock`), "--", "true"],
      ["run", place.at("x"), "--", EVIL],
      [EVIL],
      ["status", `--${EVIL}`],
    ]) {
      const { stdout, stderr } = cli(args);
      expect(stdout + stderr, JSON.stringify(args)).not.toMatch(UNSAFE);
    }
  });

  test("the command that removes a file works when it is copied to a shell", () => {
    const names = ["a b.lock", "it's.lock", "\u202e\n$(x)\\'\u001b.lock", "-rf.lock", "$HOME.lock", "“é.lock"];
    for (const name of names) plant(place.at(name), "4711\nhost\n", OLD);
    for (const { advice, path } of report(["status", place.directory]).entries) {
      const command = advice.slice(advice.indexOf("rm "));
      const { status } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
      expect([status, textOf(path)], command).toEqual([0, undefined]);
    }
  });

  test("nothing of a foreign file is ever shown", () => {
    plant(
      place.at("a.json.lock"),
      JSON.stringify({ profiles: { x: { access: SECRET } }, host: SECRET, purpose: SECRET }),
      OLD,
    );
    plant(place.at("b.json.lock"), `${SECRET}\n`, OLD);
    plant(
      place.at("c.json.lock"),
      JSON.stringify({ pid: "7", createdAt: "2020-01-01T00:00:00Z", helper: SECRET }),
      OLD,
    );
    plant(place.at("d.json.lock.reclaim"), SECRET, OLD);
    plant(place.at("e.json.lock"), openclawLock(1 << 30, { access: SECRET, refresh: [SECRET] }), OLD);
    plant(place.at("gateway.state.lock"), JSON.stringify({ pid: 1, token: SECRET }), OLD);
    plant(place.at(`.openclaw-lock-${"a".repeat(32)}.tmp`), SECRET, OLD);
    for (const args of [["status"], ["status", "--json"], ["sweep", "--json"]]) {
      const { stdout, stderr } = cli([...args, place.directory]);
      expect(stdout + stderr).not.toContain(SECRET);
    }
  });

  test("numbers that are none, and texts of any length, do no harm", () => {
    plant(
      place.at("a.json.lock"),
      openclawLock(1 << 30, { purpose: "x".repeat(60_000), starttime: 1e300, heartbeatMs: -1 }),
      OLD,
    );
    plant(place.at("b.json.lock"), "x".repeat(70_000), OLD);
    plant(place.at("c.json.lock"), `${'{"a":'.repeat(40)}1${"}".repeat(40)}`, OLD);
    plant(place.at("d.json.lock"), '{"pid":1e999,"createdAt":"9999-99-99T99:99:99Z"}', OLD);
    const { stdout } = cli(["status", place.directory], { env: { COLUMNS: "80" } });
    expect(stdout.length).toBeLessThan(5000);
    const found = report(["status", place.directory], { env: TRUST });
    expect(Object.values(states(found, place.directory))).toEqual(["stale", "foreign", "foreign", "stale"]);
  });
});

describe("objects", () => {
  test("pipes, sockets, links and directories in the place of a lock are named and not opened", () => {
    spawnSync("mkfifo", [place.at("fifo.json.lock")]);
    symlinkSync("/etc/passwd", place.at("link.json.lock"));
    symlinkSync("nowhere", place.at("dangling.json.lock"));
    symlinkSync(".", place.at("loop.json.lock"));
    mkdirSync(place.at("directory.json.lock"));
    const found = report(["status", place.directory]);
    expect(
      Object.fromEntries(
        found.entries.map(({ path, state, what }) => [path.slice(place.directory.length + 1), [state, what]]),
      ),
    ).toEqual({
      "dangling.json.lock": ["foreign", "symlink"],
      "directory.json.lock": ["foreign", "proper-lockfile"],
      "fifo.json.lock": ["foreign", "fifo"],
      "link.json.lock": ["foreign", "symlink"],
      "loop.json.lock": ["foreign", "symlink"],
    });
    const swept = report(["sweep", "--boot", place.directory]);
    expect(swept.entries.every(({ action }) => action === "left")).toBe(true);
  });

  test("links to directories do not lead in circles", () => {
    mkdirSync(place.at("agents/main"), { recursive: true });
    symlinkSync(place.directory, place.at("agents/main/agent"));
    symlinkSync("..", place.at("agents/up"));
    symlinkSync(place.directory, place.at("locks"));
    plantDead(place.at("a.json.lock"));
    expect(report(["status", place.directory]).entries).toHaveLength(1);
  });

  test("a name that is no UTF-8 is told, and left alone", () => {
    const name = Buffer.concat([Buffer.from(`${place.directory}/bad`), Buffer.from([0xff]), Buffer.from(".lock")]);
    writeFileSync(name, openclawLock(1 << 30, { starttime: 1 }));
    const found = report(["sweep", place.directory]);
    expect(found.unreadable).toEqual([{ path: place.at("bad\ufffd.lock"), reason: "its name is not UTF-8" }]);
    expect(found.exitStatus).toBe(74);
  });

  test.skipIf(!canBeOther)("directories and locks that may not be read are told, and the rest is looked at", () => {
    plantDead(place.at("closed/a.json.lock"));
    plantDead(place.at("open/b.json.lock"));
    plantDead(place.at("open/c.json.lock"));
    chmodSync(place.at("open/c.json.lock"), 0);
    chmodSync(place.at("closed"), 0);
    chmodSync(place.directory, 0o755);
    const found = report(["status", place.directory], { wrapper: AS_OTHER });
    expect(found.unreadable).toEqual([{ path: place.at("closed"), reason: "EACCES" }]);
    expect(states(found, place.directory)).toEqual({ "open/b.json.lock": "stale", "open/c.json.lock": "unreadable" });
    expect(found.exitStatus).toBe(20);
    rmSync(place.at("open/b.json.lock"));
    expect(report(["status", place.directory], { wrapper: AS_OTHER }).exitStatus).toBe(74);
    chmodSync(place.at("closed"), 0o755);
  });

  test.skipIf(!canBeOther)(
    "a dead lock in a directory that may not be written fails to be swept, and that is said",
    () => {
      plantDead(place.at("a.json.lock"));
      chmodSync(place.at("a.json.lock"), 0o644);
      chmodSync(place.directory, 0o555);
      const found = report(["sweep", place.directory], { wrapper: AS_OTHER });
      expect(found.entries).toMatchObject([{ action: "failed", reason: "EACCES" }]);
      expect(found.exitStatus).toBe(74);
      expect(textOf(place.at("a.json.lock"))).toBeDefined();
      chmodSync(place.directory, 0o755);
    },
  );
});

test("files that change, vanish and appear while they are looked at do no harm", async () => {
  const script = `
    const { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } = require("node:fs");
    const at = (name) => process.argv[1] + "/" + name;
    const kinds = [
      (path) => writeFileSync(path, ""), (path) => writeFileSync(path, "{"), (path) => mkdirSync(path),
      (path) => symlinkSync("x", path), (path) => writeFileSync(path, '{"pid":1,"createdAt":"2026-01-01T00:00:00Z"}'),
      () => {}, (path) => { mkdirSync(path); writeFileSync(path + "/y.lock", ""); },
    ];
    for (let turn = 0; ; turn++) {
      for (const name of ["a.lock", "b.lock", "c.lock.reclaim", "d", "locks", ".openclaw-lock-" + "0".repeat(16) + ".sock"]) {
        rmSync(at(name), { recursive: true, force: true });
        try { kinds[(turn + name.length) % kinds.length](at(name)); } catch {}
      }
      if (turn === 10) writeFileSync(at("ready"), "");
    }`;
  const changer = new Running([process.execPath, "-e", script, place.directory]);
  await until("the changer is at work", () => textOf(place.at("ready")) === "");
  for (let turn = 0; turn < 15; turn++) {
    const { status, stderr } = cli([turn % 2 === 0 ? "status" : "sweep", "--json", place.directory]);
    expect([0, 10, 20, 74], stderr).toContain(status);
    expect(stderr).toBe("");
  }
  expect(changer.child.exitCode).toBeNull();
});

test("a tree of ten thousand locks is listed without taking memory for it", async () => {
  await holding(place.at("live.json"));
  const locks = [deadHelperLock(), readFileSync(place.at("live.json.lock"), "utf8")];
  for (let number = 0; number < 10_000; number++) {
    const directory = place.at(`agents/${number % 100}`);
    if (number < 100) mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `${number}.json.lock`), locks[number % 2]!);
  }
  const list = [
    "sh",
    "-c",
    `"$@" > "$0"`,
    place.at("out.json"),
    process.execPath,
    BIN,
    "status",
    "--json",
    place.at("agents"),
  ];
  const listing = new Running(list, { env: environment("/nonexistent", { NODE_OPTIONS: "--max-old-space-size=48" }) });
  expect(await listing.ended).toMatchObject({ status: 20, stderr: "" });
  const { entries } = JSON.parse(textOf(place.at("out.json"))!) as Report;
  expect(entries).toHaveLength(10_000);
  expect(entries.filter(({ state }) => state === "held")).toHaveLength(5000);
  expect(entries.filter(({ state }) => state === "stale")).toHaveLength(5000);
}, 240_000);
