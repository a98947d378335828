import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import {
  age,
  CONTAINER,
  cli,
  hasContainers,
  holding,
  isRoot,
  openclawLock,
  plant,
  plantDead,
  Running,
  textOf,
  until,
  usePlace,
} from "./support.js";

const place = usePlace();
afterEach(() => Running.killAll());

const names = () => readdirSync(place.directory).sort();
const target = () => place.at("data.json");
const sh = (script: string) => ["--", "sh", "-c", script];

describe("the command", () => {
  test("runs under the lock, with stdin, stdout, stderr, arguments and status as they are", () => {
    const script = 'cat; echo "$1" >&2; test -f "$2" || exit 9; exit 3';
    const ended = cli(["run", target(), ...sh(script), "sh", "a 'b'  c", `${target()}.lock`], { input: "in" });
    expect(ended).toEqual({ status: 3, signal: null, stdout: "in", stderr: "a 'b'  c\n" });
    expect(names()).toEqual([]);
  });

  test("options of its own are its own", () => {
    expect(cli(["run", target(), "--", "echo", "--timeout", "--", "-q", "--help"]).stdout).toBe(
      "--timeout -- -q --help\n",
    );
  });

  test.each(["SIGTERM", "SIGKILL", "SIGSEGV", "SIGPIPE", "SIGUSR1", "SIGABRT"])(
    "dies by %s, and so does this one",
    (signal) => {
      const ended = cli(["run", target(), ...sh(`ulimit -c 0; kill -${signal.slice(3)} $$`)]);
      expect(ended).toMatchObject({ status: null, signal });
      expect(names()).toEqual([]);
    },
  );

  test("that is not there is 127, that cannot be executed 126, and the lock is given back", () => {
    writeFileSync(place.at("plain"), "#!/bin/sh\n");
    for (const [command, status] of [
      [place.at("none"), 127],
      ["no-such-command-anywhere", 127],
      [place.at("plain"), 126],
      [place.directory, 126],
    ] as const) {
      const ended = cli(["run", target(), "--", command]);
      expect(ended.status, command).toBe(status);
      expect(ended.stderr).toContain("(command_not_started)");
      expect(names()).toEqual(["plain"]);
    }
  });

  test("may leave something in the background: the lock is given back all the same", async () => {
    const run = Running.cli(["run", target(), ...sh(`sleep 600 & echo $! > "${place.at("pid")}"`)]);
    expect(await run.ended).toMatchObject({ status: 0 });
    process.kill(Number(textOf(place.at("pid"))), "SIGKILL");
    expect(names()).toEqual(["pid"]);
  });

  test("excludes others: eight at once, and none is lost", async () => {
    writeFileSync(place.at("count"), "0");
    const script = `n=$(cat count); sleep 0.01; echo $((n + 1)) > count`;
    const runs = Array.from({ length: 8 }, () =>
      Running.cli(["run", "-w", "30s", "count", ...sh(script)], { cwd: place.directory }),
    );
    for (const run of runs) expect(await run.ended).toMatchObject({ status: 0 });
    expect(textOf(place.at("count"))).toBe("8\n");
  });

  test("takes over the lock of a dead holder", () => {
    plantDead(`${target()}.lock`);
    expect(cli(["run", target(), "--timeout", "0", "--", "true"]).status).toBe(0);
  });

  test.skipIf(process.platform !== "linux")("gets neither the lock's descriptor nor the witness", () => {
    const env = { OPENCLAW_LOCKS_WITNESS: "always" };
    const list = `ls /proc/$$/fd; echo; ls -a "${place.directory}"`;
    const [inherited] = spawnSync("sh", ["-c", list], { encoding: "utf8", input: "" }).stdout.split("\n\n");
    const { stdout } = cli(["run", target(), ...sh(list)], { env, input: "" });
    const [descriptors, files] = stdout.split("\n\n");
    expect(files).toContain("data.json.lock");
    expect(files).toMatch(/\.openclaw-lock-[0-9a-f]{16}\.sock/);
    expect(descriptors).toBe(inherited);
    expect(names()).toEqual([]);
  });

  test("leaves no witness behind, also when it dies by a signal", () => {
    const env = { OPENCLAW_LOCKS_WITNESS: "always" };
    expect(cli(["run", target(), ...sh("kill -TERM $$")], { env }).signal).toBe("SIGTERM");
    expect(names()).toEqual([]);
  });
});

describe("refusals", () => {
  test("a lock that is held is waited for as long as was said, then 75 with the holder", async () => {
    const holder = await holding(target(), ["-p", "nightly"]);
    const { status, stderr } = cli(["run", target(), "--timeout", "0", "--", "true"]);
    expect(status).toBe(75);
    expect(stderr).toContain(`held by pid ${holder.pid} (node)`);
    expect(stderr).toContain("wait longer (--timeout)");
    expect(stderr).toContain("(file_lock_timeout)");
  });

  test("a wait that lasts is said once, with the holder, unless it is to be quiet", async () => {
    const holder = await holding(target());
    const args = ["run", target(), "-w", "1.5s"];
    const said = cli([...args, "--", "true"])
      .stderr.split("\n")
      .filter((line) => line.includes("waiting for"));
    expect(said).toEqual([`openclaw-locks: waiting for ${target()}.lock: pid ${holder.pid} (node)`]);
    expect(cli([...args, "--quiet", "--", "true"]).stderr).not.toContain("waiting for");
  });

  test("what is foreign, and an orphaned guard, are 69", () => {
    plant(`${target()}.lock`, "4711\nhost\n", 3_600_000);
    const foreign = cli(["run", target(), "-w", "0", "--", "true"]);
    expect([foreign.status, foreign.stderr]).toEqual([69, expect.stringContaining("(file_lock_foreign)")]);
    mkdirSync(place.at("other.json.lock.reclaim"));
    age(place.at("other.json.lock.reclaim"), 3_600_000);
    const orphaned = cli(["run", place.at("other.json"), "-w", "0", "--", "true"]);
    expect([orphaned.status, orphaned.stderr]).toEqual([69, expect.stringContaining("(file_lock_guard_orphaned)")]);
  });

  test.skipIf(!isRoot)("a directory that may not be written is 77", () => {
    chmodSync(place.directory, 0o555);
    const wrapper = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
    const { status, stderr } = cli(["run", target(), "--", "true"], { wrapper });
    expect([status, stderr]).toEqual([77, expect.stringContaining("(file_lock_permission)")]);
    chmodSync(place.directory, 0o755);
  });

  test("a directory that is missing is 74, and can be made", () => {
    const missing = place.at("new/data.json");
    const { status, stderr } = cli(["run", missing, "--", "true"]);
    expect([status, stderr]).toEqual([74, expect.stringContaining("--create-parent")]);
    expect(cli(["run", "--create-parent", missing, "--", "true"]).status).toBe(0);
  });

  test("bad input is refused at once, and nothing is touched", () => {
    for (const args of [
      ["run"],
      ["run", target()],
      ["run", target(), "true"],
      ["run", target(), "--"],
      ["run", "--", "true"],
      ["run", target(), "extra", "--", "true"],
      ["run", target(), "-w", "-1", "--", "true"],
      ["run", target(), "-w", "9999d", "--", "true"],
      ["run", target(), "--nonsense", "--", "true"],
      ["run", target(), "-p", "x".repeat(300), "--", "true"],
      ["run", `${target()}.lock`, "--", "true"],
      ["run", `${target()}.lock.reclaim`, "--", "true"],
      ["run", `${place.directory}/`, "--", "true"],
      ["run", "", "--", "true"],
    ]) {
      const { status, stdout, stderr } = cli(args);
      expect(status, args.join(" ")).toBe(64);
      expect(stdout).toBe("");
      expect(stderr).not.toMatch(/\n\s+at /);
    }
    expect(names()).toEqual([]);
  });

  test("a file that a package manager calls .lock can be guarded", () => {
    expect(cli(["run", place.at("yarn.lock"), "--", "true"]).status).toBe(0);
  });

  test("the same lock inside of itself is refused at once, another one is not", () => {
    const inner = (name: string) => `exec "${process.execPath}" "$0" run "${place.at(name)}" -- echo inside`;
    const bin = new URL("../dist/main.js", import.meta.url).pathname;
    const refused = cli(["run", target(), ...sh(inner("data.json")), bin]);
    expect([refused.status, refused.stderr]).toEqual([75, expect.stringContaining("(file_lock_reentrant)")]);
    expect(cli(["run", target(), ...sh(inner("other.json")), bin]).stdout).toBe("inside\n");
  });

  test("what has outlived the run around it is not taken for being inside of it", () => {
    const env = { OPENCLAW_LOCKS_HELD: JSON.stringify([{ lockPath: `${target()}.lock`, pid: 1 << 30 }]) };
    expect(cli(["run", target(), "--", "true"], { env }).status).toBe(0);
    for (const value of ["", "x", "[1]", "{}"]) {
      expect(cli(["run", target(), "--", "true"], { env: { OPENCLAW_LOCKS_HELD: value } }).status).toBe(0);
    }
  });
});

describe("a lock that is lost", () => {
  const losing = (then: string) =>
    Running.cli([
      "run",
      target(),
      ...sh(`rm -f "${target()}.lock"; until [ -f "${place.at("go")}" ]; do sleep 0.02; done; ${then}`),
    ]);

  test("is said at once, while the command runs; its success is 76", async () => {
    const run = losing("exit 0");
    await until("the loss is said", () => run.stderr.includes("was lost"));
    expect(run.child.exitCode).toBeNull();
    writeFileSync(place.at("go"), "");
    expect(await run.ended).toMatchObject({ status: 76 });
    expect(run.stderr).toContain("(file_lock_lost)");
  });

  test("does not hide the command's own failure", async () => {
    const run = losing("exit 5");
    writeFileSync(place.at("go"), "");
    expect(await run.ended).toMatchObject({ status: 5 });
  });

  test("and is somebody else's now is left alone", async () => {
    const run = losing("exit 0");
    await until("the lock is gone", () => textOf(`${target()}.lock`) === undefined);
    plant(`${target()}.lock`, openclawLock(process.pid));
    writeFileSync(place.at("go"), "");
    await run.ended;
    expect(textOf(`${target()}.lock`)).toContain(String(process.pid));
  });
});

test.skipIf(!hasContainers)(
  "as the first process of a container it still ends with the command's signal as a status",
  () => {
    const ended = cli(["run", target(), ...sh("kill -TERM $$")], { wrapper: CONTAINER });
    expect(ended.status).toBe(143);
    expect(names()).toEqual([]);
  },
);
