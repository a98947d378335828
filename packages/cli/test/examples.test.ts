import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  BIN,
  CONTAINER,
  environment,
  hasContainers,
  openclawLock,
  packageFolder,
  plant,
  plantDead,
  Running,
  textOf,
  until,
  usePlace,
} from "./support.js";

const place = usePlace();
afterEach(() => Running.killAll());

const example = (name: string) => join(packageFolder, "examples", name);
const read = (name: string) => readFileSync(example(name), "utf8");
const lock = () => place.at(".openclaw/locks/oauth-refresh/lock-00.lock");
const log = () => textOf(place.at("log")) ?? "";

/** A machine on which openclaw-locks and an OpenClaw that logs what happens to it are installed. */
beforeEach(() => {
  mkdirSync(place.at("bin"));
  symlinkSync(BIN, place.at("bin/openclaw-locks"));
  cpSync(example("docker/entrypoint.sh"), place.at("bin/with-clean-locks"));
  const openclaw = `#!/bin/sh
echo "$0 $* pid $$" >> "$HOME/log"
[ -e "$HOME/.openclaw/locks/oauth-refresh/lock-00.lock" ] && echo "met the lock" >> "$HOME/log"
trap 'echo TERM >> "$HOME/log"; exit 7' TERM
echo started >> "$HOME/log"
while :; do sleep 0.02; done
`;
  writeFileSync(place.at("bin/openclaw"), openclaw);
  for (const name of ["openclaw", "with-clean-locks"]) chmodSync(place.at(`bin/${name}`), 0o755);
});

const machine = () => environment(place.directory, { PATH: `${place.at("bin")}:${process.env["PATH"]}` });

/** Paths of the image, here. */
const installed = (words: readonly string[]) =>
  words.map((word) => word.replace(/^\/usr\/local\/bin\//, `${place.at("bin")}/`));

/** Runs a container's command as the first process of a PID namespace, and asks it to end as an engine does. */
async function startAndStop(command: readonly string[]): Promise<number | null> {
  const container = new Running([...CONTAINER, ...installed(command)], { env: machine() });
  await until("OpenClaw has started", () => log().includes("started") || container.child.exitCode !== null);
  const [first] = textOf(`/proc/${container.pid}/task/${container.pid}/children`)!.trim().split(" ");
  process.kill(Number(first), "SIGTERM");
  const { status } = await container.ended;
  expect(container.stderr).toContain("removed");
  return status;
}

const YOUNG_PID_1 = () => plant(lock(), openclawLock(1));

async function provesItself(command: readonly string[]): Promise<void> {
  YOUNG_PID_1();
  const status = await startAndStop(command);
  expect(log()).toBe(`${place.at("bin/openclaw")} gateway pid 1\nstarted\nTERM\n`);
  expect(status).toBe(7);
  expect(textOf(lock())).toBeUndefined();
}

describe.skipIf(!hasContainers)("as the first process of a container", () => {
  test("the entrypoint clears the lock, becomes the command, and the command gets the signals", async () => {
    await provesItself(["/usr/local/bin/with-clean-locks", "openclaw", "gateway"]);
  });

  test("the Dockerfile's entrypoint and command do", async () => {
    const words = (instruction: string) =>
      JSON.parse(new RegExp(`^${instruction} (.*)$`, "m").exec(read("docker/Dockerfile"))![1]!) as string[];
    await provesItself([...words("ENTRYPOINT"), ...words("CMD")]);
  });

  test("the Compose file's do", async () => {
    const { services } = parse(read("docker/compose.yaml")) as Compose;
    const { entrypoint, command, volumes, restart } = services.openclaw;
    expect([volumes, restart]).toEqual([["openclaw-state:/home/node/.openclaw"], "unless-stopped"]);
    await provesItself([...entrypoint, ...command]);
  });

  test("the StatefulSet's do, and there is only one pod", async () => {
    const { spec } = parse(read("kubernetes/statefulset.yaml")) as StatefulSet;
    const [container] = spec.template.spec.containers;
    expect(spec.replicas).toBe(1);
    await provesItself([...container!.command, ...container!.args]);
  });

  test("what needs a human is said, and OpenClaw starts all the same", async () => {
    plant(lock(), "4711\nhost\n", 3_600_000);
    const container = new Running(
      [...CONTAINER, ...installed(["/usr/local/bin/with-clean-locks", "openclaw", "gateway"])],
      { env: machine() },
    );
    await until("OpenClaw has started", () => log().includes("started"));
    expect(container.stderr).toContain("locks need attention (exit status 20)");
    expect(container.stderr).toContain("a soft lock of Python's filelock");
  });
});

interface Compose {
  readonly services: {
    readonly openclaw: { entrypoint: string[]; command: string[]; volumes: string[]; restart: string };
  };
}

interface StatefulSet {
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: { command: string[]; args: string[] }[] } };
  };
}

describe("the systemd unit", () => {
  const unit = "systemd/openclaw-gateway.service";
  const hasAnalyze = spawnSync("systemd-analyze", ["--version"]).status === 0;

  test.skipIf(!hasAnalyze)("is one that systemd takes", () => {
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", example(unit)], {
      encoding: "utf8",
    });
    expect([status, stderr.includes("openclaw-gateway")], stderr).toEqual([0, false]);
  });

  test("sweeps before OpenClaw starts, and its failure is none of the unit", () => {
    plantDead(lock());
    const [, ignoresFailure, line] = /^ExecStartPre=(-?)(.*)$/m.exec(read(unit))!;
    expect(ignoresFailure).toBe("-");
    const [program, ...args] = line!.split(" ");
    const { status, stdout } = spawnSync(program!, args, { env: machine(), encoding: "utf8" });
    expect([status, stdout]).toEqual([0, expect.stringContaining("removed")]);
    expect(textOf(lock())).toBeUndefined();
  });
});
