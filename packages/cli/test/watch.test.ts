import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, test } from "vitest";
import type { Entry } from "../src/judge/entry.js";
import { type Seen, Tracker } from "../src/watch/tracker.js";
import { BIN, environment, holding, plantDead, Running, until, usePlace } from "./support.js";

const place = usePlace();
afterEach(() => Running.killAll());

describe("what is told from one look to the next", () => {
  const held = (pid: number, hold = `${pid}`, state: Entry["state"] = "held"): Seen => ({
    entry: { path: "/a.lock", kind: "lock", state, holder: { pid }, ageMs: 500, explanation: "x", advice: "y" },
    hold,
  });

  test("taken, handed over, given back, with the time of each hold", () => {
    const tracker = new Tracker();
    expect(tracker.round([], 0)).toEqual([]);
    expect(tracker.round([held(1)], 1000)).toMatchObject([{ event: "appeared", state: "held", holder: { pid: 1 } }]);
    expect(tracker.round([held(1)], 2000)).toEqual([]);
    expect(tracker.round([held(2)], 3000)).toMatchObject([{ event: "handed-over", holder: { pid: 2 }, heldMs: 2500 }]);
    expect(tracker.track("/a.lock")).toMatchObject({ handOvers: 1, longestMs: 2500, busySince: 500 });
    expect(tracker.round([], 4000)).toMatchObject([{ event: "given-back", holder: { pid: 2 }, heldMs: 1000 }]);
    expect(tracker.round([held(3)], 9000)).toMatchObject([{ event: "taken", holder: { pid: 3 } }]);
    expect(tracker.track("/a.lock")).toMatchObject({ handOvers: 1, busySince: 9000 });
  });

  test("the same process that takes it anew has taken it anew; a holder that dies is a change of state", () => {
    const tracker = new Tracker();
    tracker.round([held(1, "10 1")], 0);
    expect(tracker.round([held(1, "11 1")], 100)).toMatchObject([{ event: "handed-over" }]);
    expect(tracker.round([held(1, "11 1", "stale")], 200)).toMatchObject([{ event: "changed", state: "stale" }]);
  });

  test("a lock that is free while somebody asks for it is neither taken nor busy", () => {
    const tracker = new Tracker();
    const free: Seen = {
      entry: { path: "/a.lock", kind: "lock", state: "free", explanation: "x", advice: "y" },
      hold: "0",
    };
    tracker.round([free], 0);
    expect(tracker.round([held(1)], 100)).toMatchObject([{ event: "taken" }]);
    expect(tracker.round([free], 300)).toMatchObject([{ event: "given-back", heldMs: 200 }]);
    expect(tracker.track("/a.lock")?.busySince).toBeUndefined();
  });
});

test("with --json each change is a line, and each look a sample", async () => {
  const watching = Running.cli(["status", "--watch", "--json", "--interval", "50ms", place.at("data.json")]);
  const lines = () =>
    watching.stdout
      .split("\n")
      .slice(0, -1)
      .map(
        (line) =>
          JSON.parse(line) as {
            event: string;
            holder?: { pid: number };
            heldMs?: number;
            locks?: { waitMs?: number }[];
          },
      );
  await until("it looks", () => lines().some(({ event }) => event === "sample"));
  const first = await holding(place.at("data.json"));
  await until("it was taken", () =>
    lines().some(({ event, holder }) => event === "taken" && holder?.pid === first.pid),
  );
  await until("a sample has it", () => lines().some(({ locks }) => (locks?.[0]?.waitMs ?? 0) > 0));
  const next = new Running([process.execPath, BIN, "run", "-w", "60", place.at("data.json"), "--", "sleep", "600"], {
    env: environment("/nonexistent"),
  });
  await until("it waits", () => next.stderr.includes("waiting for"));
  first.child.kill("SIGTERM");
  await until("it was handed over", () =>
    lines().some(({ event, holder }) => (event === "handed-over" || event === "taken") && holder?.pid === next.pid),
  );
  next.child.kill("SIGTERM");
  await until("it was given back", () =>
    lines().some(({ event, holder }) => event === "given-back" && holder?.pid === next.pid),
  );
  watching.child.kill("SIGINT");
  expect((await watching.ended).status).toBe(0);
});

test("in a pipe each change is a line of text, and after --for it ends with the status of the last look", async () => {
  plantDead(place.at("data.json.lock"));
  const watching = Running.cli(["status", "--watch", "--interval", "50ms", "--for", "300ms", place.directory]);
  const { status, stdout } = await watching.ended;
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d .*data\.json\.lock: stale by pid \d+\n$/);
  expect(status).toBe(20);
});

const hasScript = spawnSync("script", ["--version"]).status === 0;
test.skipIf(!hasScript).each([80, 40])(
  "on a screen of %s columns the table is drawn anew, and no line is too long",
  (columns) => {
    plantDead(place.at("data.json.lock"));
    const command = `stty cols ${columns} rows 24; '${process.execPath}' '${BIN}' status --watch --interval 50ms --for 200ms '${place.directory}'`;
    const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], {
      env: environment("/nonexistent"),
      encoding: "utf8",
    });
    const frames = stdout.split("\u001b[H\u001b[J").slice(1);
    expect(frames.length).toBeGreaterThan(1);
    const plain = frames.at(-1)!.replace(/\u001b\[[0-9;]*m/g, "");
    expect(plain).toContain("data.json.lock");
    expect(plain).toContain("Ctrl-C ends");
    const long = plain.split(/\r?\n/).filter((line) => line.length > columns && /\S\s+\S/.test(line.trim()));
    expect(long).toEqual([]);
  },
);
