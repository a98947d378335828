import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { BIN, cli, environment, holding, Running, textOf, until, usePlace } from "./support.js";

const place = usePlace();
afterEach(() => Running.killAll());

const names = () => readdirSync(place.directory).sort();
const target = () => place.at("data.json");
const log = () => textOf(place.at("log")) ?? "";

/** A command that logs the signals it gets; on TERM it ends with status 7. */
const LOGGER = `
for s in INT HUP QUIT USR1 USR2; do trap "echo $s >> \\"$0\\"" $s; done
trap 'echo TERM >> "$0"; exit 7' TERM
echo $$ > "$1"; echo ready >> "$0"
while :; do sleep 0.02; done`;

function logger(): readonly string[] {
  return ["run", target(), "--", "sh", "-c", LOGGER, place.at("log"), place.at("pid")];
}

const ready = () => until("the command runs", () => log().includes("ready"));
const commandPid = () => Number(textOf(place.at("pid")));

function stateOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "")[0];
  } catch {
    return undefined;
  }
}

describe("signals", () => {
  test.each(["SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const)(
    "%s is passed on, once, and what the command makes of it counts",
    async (signal) => {
      const run = Running.cli(logger());
      await ready();
      run.child.kill(signal);
      await until("the command has it", () => log().includes(signal.slice(3)));
      expect(run.child.exitCode).toBeNull();
      run.child.kill("SIGTERM");
      expect(await run.ended).toMatchObject({ status: 7, signal: null });
      expect(log()).toBe(`ready\n${signal.slice(3)}\nTERM\n`);
      expect(names()).toEqual(["log", "pid"]);
    },
  );

  test("a command that does not catch one dies of it, and so do we, without the lock", async () => {
    const run = Running.cli(["run", target(), "--", "sh", "-c", 'touch "$0"; exec sleep 600', place.at("started")]);
    await until("the command runs", () => textOf(place.at("started")) === "");
    run.child.kill("SIGTERM");
    expect(await run.ended).toMatchObject({ status: null, signal: "SIGTERM" });
    expect(names()).toEqual(["started"]);
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "%s ends the wait for a lock, and nothing is left behind or run",
    async (signal) => {
      await holding(target());
      const waiting = Running.cli(["run", target(), "-w", "60s", "--", "touch", place.at("ran")], {
        env: environment("/nonexistent", { OPENCLAW_LOCKS_WITNESS: "always" }),
      });
      await until("it waits", () => waiting.stderr.includes("waiting for"));
      waiting.child.kill(signal);
      expect(await waiting.ended).toMatchObject({ status: null, signal });
      expect(names()).toEqual(["data.json.lock"]);
    },
  );

  test.skipIf(process.platform !== "linux")("a stop stops the command too, and both go on", async () => {
    const run = Running.cli(logger());
    await ready();
    run.child.kill("SIGTSTP");
    await until("both stand still", () => stateOf(run.pid) === "T" && stateOf(commandPid()) === "T");
    run.child.kill("SIGCONT");
    await until("both go on", () => stateOf(run.pid) !== "T" && stateOf(commandPid()) !== "T");
    run.child.kill("SIGTERM");
    expect(await run.ended).toMatchObject({ status: 7 });
  });
});

const hasScript = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

describe.skipIf(!hasScript)("at a terminal", () => {
  function atTerminal(): Running {
    const command = [process.execPath, BIN, ...logger()].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    return new Running(["script", "-qefc", `exec ${command}`, "/dev/null"], {
      stdio: ["pipe", "pipe", "pipe"],
      env: environment("/nonexistent"),
    });
  }

  test("Ctrl-C reaches the command once, not twice", async () => {
    const terminal = atTerminal();
    await ready();
    terminal.child.stdin!.write("\u0003");
    await until("the command has it", () => log().includes("INT"));
    // A second one would come before what is sent after it.
    process.kill(commandPid(), "SIGUSR1");
    await until("the command has that too", () => log().includes("USR1"));
    expect(log()).toBe("ready\nINT\nUSR1\n");
    process.kill(commandPid(), "SIGTERM");
    expect(await terminal.ended).toMatchObject({ status: 7 });
    expect(names()).toEqual(["log", "pid"]);
  });
});

describe.skipIf(process.platform !== "linux")("killed, so that it can release nothing", () => {
  test("it takes the command with it, and the next one gets the lock", async () => {
    const run = Running.cli(logger());
    await ready();
    run.child.kill("SIGKILL");
    await run.ended;
    await until("the command has been told", () => log().includes("TERM"));
    await until("the command has ended", () => stateOf(commandPid()) === undefined);
    expect(cli(["run", target(), "-w", "0", "--", "true"]).status).toBe(0);
  });

  test("a command that will not end is killed", async () => {
    const run = Running.cli([
      "run",
      target(),
      "--",
      "sh",
      "-c",
      `trap '' TERM; echo $$ > "$0"; while :; do sleep 0.05; done`,
      place.at("pid"),
    ]);
    await until("the command runs", () => commandPid() > 0);
    run.child.kill("SIGKILL");
    await run.ended;
    await until("the command has ended", () => stateOf(commandPid()) === undefined);
  });

  test("nothing of it goes on when the command has ended", async () => {
    const run = Running.cli([
      "run",
      target(),
      "--",
      "sh",
      "-c",
      'ps -o pid= --ppid $PPID > "$0"',
      place.at("children"),
    ]);
    expect(await run.ended).toMatchObject({ status: 0 });
    const children = textOf(place.at("children"))!.trim().split(/\s+/).map(Number);
    expect(children.length).toBeGreaterThanOrEqual(2);
    await until("all of them have ended", () => children.every((pid) => stateOf(pid) === undefined));
  });
});
