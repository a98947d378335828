import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import {
  type CallOptions,
  CONTAINER,
  cli,
  hasContainers,
  plant,
  Running,
  report,
  states,
  textOf,
  until,
  usePlace,
} from "./support.js";

const place = usePlace();
afterEach(() => Running.killAll());

const DAYS = 3 * 86_400_000;
const REFRESH = "locks/oauth-refresh/sha256-cee1bbaed8073aace8170859a25616882c288ceeaa1119df363bf01cc0cdab65.lock";
const PROFILES = "agents/main/agent/auth-profiles.json.lock";
/** A stuck lock is no reason to log in again. */
const REAUTHENTICATE = /re-?auth|log ?in|sign in|credential|token/i;

function speak(args: readonly string[], options: CallOptions): { stdout: string; status: number | null } {
  const { stdout, stderr, status } = cli(args, options);
  expect(stdout + stderr).not.toMatch(REAUTHENTICATE);
  return { stdout, status };
}

function acquire(lock: string, options: CallOptions): number | null {
  return cli(["run", join(state(), lock.replace(/\.lock$/, "")), "--timeout", "0", "--", "true"], { ...options })
    .status;
}

const state = () => place.at(".openclaw");

describe.skipIf(!hasContainers)(
  "refresh_contention: two locks that say pid 1 survive every restart of the container",
  () => {
    const inside = () => ({ wrapper: CONTAINER, home: place.directory });

    function restart(): void {
      const lock = `{\n  "pid": 1,\n  "createdAt": "2026-05-20T10:00:00.000Z"\n}\n`;
      plant(join(state(), REFRESH), lock, DAYS);
      plant(join(state(), PROFILES), lock, DAYS);
      plant(join(state(), "agents/main/agent/auth-profiles.json"), '{"version":1,"profiles":{}}\n', DAYS);
    }

    test("status names both and the reason", () => {
      restart();
      const { stdout, status } = speak(["status"], inside());
      expect(status).toBe(20);
      expect(stdout).toContain("Process 1 runs, but does not have it open: it is not the holder.");
      for (const lock of [REFRESH, PROFILES]) expect(stdout).toMatch(new RegExp(`^stale +${lock} +pid 1 `, "m"));
      expect(report(["status"], inside()).entries.map(({ reason }) => reason)).toEqual([
        "descriptor-absent",
        "descriptor-absent",
      ]);
    });

    test.each([["sweep"], ["sweep", "--boot"]])("%s %s clears both, and the next acquire works", (...args) => {
      restart();
      const words = args.filter((word) => word !== undefined);
      expect(speak(words, inside()).status).toBe(0);
      for (const lock of [REFRESH, PROFILES]) {
        expect(textOf(join(state(), lock))).toBeUndefined();
        expect(acquire(lock, inside())).toBe(0);
      }
      expect(textOf(join(state(), "agents/main/agent/auth-profiles.json"))).toBeDefined();
    });

    test("the lock of the container's own pid 1, which has it open, is left", () => {
      restart();
      const script = `exec 9< "${join(state(), PROFILES)}"; "$@"; exit $?`;
      const wrapper = [...CONTAINER, "sh", "-c", script, "sh"];
      expect(states(report(["sweep", "--boot"], { wrapper, home: place.directory }), state())).toEqual({
        [PROFILES]: "left held",
        [REFRESH]: "removed stale",
      });
    });
  },
);

describe("file_lock_timeout: a script that locks auth-profiles.json with another library", () => {
  const at = () => ({ home: place.directory, env: { OPENCLAW_LOCKS_TRUST_PIDS: "1" } });
  const python = `
import fcntl, sys, time
f = open(sys.argv[1], "a")
fcntl.flock(f, fcntl.LOCK_EX)
open(sys.argv[2], "w").close()
time.sleep(600)`;
  const hasPython = spawnSync("python3", ["-c", "import fcntl"]).status === 0;

  test.skipIf(!hasPython)(
    "status names its kernel lock while it runs and sweep leaves it; when it has ended sweep clears what it left",
    async () => {
      const lock = plant(join(state(), PROFILES), "", DAYS);
      const script = new Running(["python3", "-c", python, lock, place.at("locked")]);
      await until("it has its lock", () => textOf(place.at("locked")) === "");
      const { stdout, status } = speak(["status"], at());
      expect(status).toBe(20);
      expect(stdout).toContain("a program holds it with flock or fcntl");
      expect(speak(["sweep"], at()).status).toBe(20);
      expect(textOf(lock)).toBe("");
      script.child.kill("SIGKILL");
      await script.ended;
      expect(states(report(["status"], at()), state())).toEqual({ [PROFILES]: "stale" });
      expect(speak(["sweep"], at()).status).toBe(0);
      expect(acquire(PROFILES, at())).toBe(0);
    },
  );

  test("the directory that proper-lockfile makes is named with its remedy, and the command that is shown clears it", () => {
    plant(join(state(), PROFILES, ".keep"), "");
    spawnSync("rm", [join(state(), PROFILES, ".keep")]);
    chmodSync(join(state(), PROFILES), 0o755);
    const { stdout } = speak(["status"], at());
    expect(stdout).toContain("An empty directory, as proper-lockfile");
    expect(stdout).toContain("→ End the program that made it, then run: rmdir ");
    expect(speak(["sweep", "--boot"], at()).status).toBe(20);
    const command = /run: (rmdir .*)$/m.exec(stdout)![1]!;
    expect(spawnSync("sh", ["-c", command]).status).toBe(0);
    expect(acquire(PROFILES, at())).toBe(0);
  });
});
