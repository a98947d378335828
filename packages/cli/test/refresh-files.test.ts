import { readdirSync, rmSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import {
  age,
  cli,
  deadHelperLock,
  environment,
  plant,
  plantDead,
  Running,
  report,
  states,
  textOf,
  until,
  usePlace,
} from "./support.js";

const place = usePlace();
afterEach(() => Running.killAll());

const OLD = 3_600_000;
const GENERATION = "0123456789abcdef".repeat(4);
const INTENT = `.openclaw-refresh-${GENERATION.slice(0, 32)}.json`;
const STORE = `.openclaw-store-${"c".repeat(32)}.tmp`;
const names = () => readdirSync(place.directory).sort();

/** The intent of a holder: what its lock says, and what it has sent. */
function intentOf(lock: string, state = "sent"): string {
  return `${JSON.stringify({ ...JSON.parse(lock), generation: GENERATION, state }, null, 2)}\n`;
}

/** An intent of the dead, its guard and a marker of that, and a store that was being replaced; none of them a lock. */
function fill(folder = ""): string[] {
  const files = [INTENT, `${INTENT}.reclaim`, `${INTENT}.reclaim.${"0".repeat(16)}`, STORE].map(
    (name) => `${folder}${name}`,
  );
  for (const name of files) {
    plant(place.at(name), name.endsWith(".json") ? intentOf(deadHelperLock()) : deadHelperLock(), OLD);
  }
  return files;
}

describe("intents of a refresh and stores that are being replaced", () => {
  test("are no locks to a status", () => {
    fill();
    const found = report(["status", place.directory]);
    expect([found.entries, found.unreadable, found.exitStatus]).toEqual([[], [], 0]);
    expect(cli(["status", place.directory]).stdout).toContain("No locks.");
  });

  test("stay as they are when what is beside them is swept", () => {
    const files = fill("locks/oauth-refresh/");
    const before = files.map((name) => textOf(place.at(name)));
    const lock = `locks/oauth-refresh/lock-${"0".repeat(32)}.lock`;
    plantDead(place.at(lock), OLD);
    plant(place.at(`${lock}.reclaim`), deadHelperLock(), OLD);
    for (const options of [[], ["--boot"]]) {
      const swept = report(["sweep", ...options, place.directory]);
      expect(states(swept, place.directory)).toEqual(
        options.length > 0 ? {} : { [lock]: "removed stale", [`${lock}.reclaim`]: "removed stale" },
      );
      expect(swept.exitStatus).toBe(0);
    }
    expect(files.map((name) => textOf(place.at(name)))).toEqual(before);
  });

  test("stay as they are when they are given by name", () => {
    const files = fill();
    for (const name of files) {
      for (const args of [["status"], ["sweep", "--boot"]]) {
        const { entries, exitStatus } = report([...args, place.at(name)]);
        expect(entries.map(({ path, state }) => [path, state])).toEqual([[place.at(`${name}.lock`), "free"]]);
        expect(exitStatus).toBe(0);
      }
    }
    expect(names()).toEqual([...files].sort());
  });

  test.each(["", "{", "\u0000", "[1]"])("do no harm with %j in them", (content) => {
    const files = fill();
    for (const name of files) plant(place.at(name), content, OLD);
    for (const command of ["status", "sweep"]) {
      expect(report([command, place.directory])).toMatchObject({ entries: [], unreadable: [], exitStatus: 0 });
    }
    expect(names()).toEqual([...files].sort());
  });
});

test.each([INTENT, `${INTENT}.reclaim`])(
  "the witness of the dead stays as long as %s names it, and goes with it",
  async (name) => {
    const lock = place.at("data.json.lock");
    const holder = Running.cli(["run", place.at("data.json"), "--", "sleep", "600"], {
      env: environment("/nonexistent", { OPENCLAW_LOCKS_WITNESS: "always" }),
    });
    const content = await until("the lock is there", () => textOf(lock));
    holder.child.kill("SIGKILL");
    await holder.ended;
    const witness = names().find((other) => other.endsWith(".sock"))!;
    plant(place.at(name), intentOf(content), OLD);
    age(place.at(witness), OLD);
    rmSync(lock);

    const found = report(["status", place.directory]);
    expect(states(found, place.directory)).toEqual({ [witness]: "in-use" });
    expect(found.entries[0]!.explanation).toContain("names it");
    expect(states(report(["sweep", "--boot", place.directory]), place.directory)).toEqual({ [witness]: "left in-use" });
    expect(names()).toEqual([witness, name].sort());

    rmSync(place.at(name));
    expect(states(report(["sweep", place.directory]), place.directory)).toEqual({ [witness]: "removed leftover" });
    expect(names()).toEqual([]);
  },
);
