import { mkdirSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { age, cli, holding, openclawLock, plant, plantDead, Running, TRUST, usePlace } from "./support.js";

const place = usePlace();
afterEach(() => Running.killAll());

const OLD = 3_600_000;
const explain = (path: string, more: Record<string, string> = {}) =>
  cli(["explain", path], { env: { ...TRUST, ...more } });

test("a dead holder is explained by where the lock was taken and by its process, with the rules", () => {
  plantDead(place.at("data.json.lock"));
  const { stdout, status } = explain(place.at("data.json"));
  expect(stdout).toContain("data.json.lock: stale, proven");
  for (const rule of ["PAYLOAD-8", "VERDICT-4", "VERDICT-5", "VERDICT-1, row 14: process-gone", "RECLAIM-2"])
    expect(stdout).toContain(`[${rule}]`);
  expect(stdout).toContain("→ Run openclaw-locks sweep.");
  expect(status).toBe(20);
});

test("a living holder is explained by its open descriptor, and nothing is advised", async () => {
  await holding(place.at("data.json"));
  const { stdout, status } = explain(place.at("data.json.lock"));
  expect(stdout).toContain("The process has the lock file open, as a holder does. [VERDICT-7]");
  expect(stdout).toContain("row 12: descriptor-open");
  expect(stdout).not.toContain("→");
  expect(status).toBe(10);
});

test("what cannot be told from here is said, and that it counts as held", () => {
  plant(place.at("data.json.lock"), openclawLock(1 << 30));
  const { stdout } = cli(["explain", place.at("data.json")], { env: { OPENCLAW_LOCKS_TRUST_PIDS: "0" } });
  expect(stdout).toContain("[VERDICT-8]");
});

test("a guard is explained with its lock, or alone when it is asked for", () => {
  plantDead(place.at("data.json.lock"));
  mkdirSync(place.at("data.json.lock.reclaim"));
  age(place.at("data.json.lock.reclaim"), OLD);
  expect(explain(place.at("data.json")).stdout).toMatch(
    /data\.json\.lock: stale[\s\S]*data\.json\.lock\.reclaim: orphaned/,
  );
  const alone = explain(place.at("data.json.lock.reclaim")).stdout;
  expect(alone).not.toContain("stale");
  expect(alone).toContain("[RECLAIM-8]");
  expect(alone).toContain(`openclaw-locks repair ${place.at("data.json.lock.reclaim")}`);
});

test("nothing, a directory of locks, and a lock with rules of its own", () => {
  expect(explain(place.at("data.json"))).toMatchObject({ status: 0 });
  expect(explain(place.directory).status).toBe(64);
  plant(place.at("gateway.state.lock"), openclawLock(1 << 30));
  expect(explain(place.at("gateway.state.lock"))).toMatchObject({ status: 0 });
  expect(explain(place.at("gateway.state.lock")).stdout).toContain("The gateway's own lock");
});

test("nothing of a foreign file is shown, and a lock's words are escaped", () => {
  plant(place.at("a.json.lock"), "SECRET", OLD);
  plant(place.at("b.json.lock"), openclawLock(1 << 30, { helper: "x\u001b[31m" }));
  for (const name of ["a.json", "b.json"]) expect(explain(place.at(name)).stdout).not.toMatch(/SECRET|\u001b/);
});

test("fits a screen of 40 columns", () => {
  plantDead(place.at("data.json.lock"));
  const { stdout } = explain(place.at("data.json"), { COLUMNS: "40" });
  const long = stdout.split("\n").filter((line) => line.length > 40 && /\S\s+\S/.test(line.trim()));
  expect(long).toEqual([]);
});
