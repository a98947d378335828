import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { nodeSystem } from "../src/identity.js";
import { InspectionSession } from "../src/session.js";
import type { System } from "../src/system.js";
import { inspectLock, openInspection, sweepLock } from "../src/tools.js";
import { deadPayload, deadPid, namesIn, openclawPayload, usePlace, writeAged } from "./support.js";

const place = usePlace();

function counted(): { readonly session: InspectionSession; readonly searches: () => number } {
  let searches = 0;
  const processes = () => {
    searches++;
    return nodeSystem.processes();
  };
  const system: System = { ...nodeSystem, processes };
  return { session: new InspectionSession(system), searches: () => searches };
}

describe("a session of inspections", () => {
  test("searches all processes once for many old locks, and anew for one that is younger than the search", () => {
    const { session, searches } = counted();
    session.census(60_000);
    session.census(60_000);
    expect(searches()).toBe(1);
    session.census(0);
    expect(searches()).toBe(2);
    session.census(-5);
    expect(searches()).toBe(3);
  });

  test("does not trust a search for longer than a second", async () => {
    const { session, searches } = counted();
    session.census(60_000);
    await sleep(1050);
    session.census(60_000);
    expect(searches()).toBe(2);
  });

  test("has one clock for a directory", () => {
    const { session } = counted();
    expect(session.clock(place.directory)).toBe(session.clock(place.directory));
    expect(session.clock("/")).not.toBe(session.clock(place.directory));
  });

  test("judges as a look of its own does", async () => {
    const session = openInspection();
    writeAged(place.lockPath, openclawPayload(deadPid()), 60_000);
    for (const options of [{}, { session }, { session }]) {
      expect(await inspectLock(place.lockPath, options)).toMatchObject({ reason: "nobody-in-any-namespace" });
    }
    writeFileSync(place.lockPath, openclawPayload(process.pid, { starttime: 1 }));
    expect(await inspectLock(place.lockPath, { session })).toMatchObject({ verdict: "stale" });
  });

  test("sweeps what is dead, and looks at what is not but once", async () => {
    const session = openInspection();
    writeFileSync(place.lockPath, openclawPayload(process.ppid));
    expect(await sweepLock(place.lockPath, { session })).toMatchObject({ removed: false, removable: false });
    expect(existsSync(place.lockPath)).toBe(true);
    writeFileSync(place.lockPath, deadPayload());
    expect(await sweepLock(place.lockPath, { session, dryRun: true })).toMatchObject({ removed: false });
    expect(await sweepLock(place.lockPath, { session })).toMatchObject({ removed: true });
    expect(await sweepLock(place.lockPath, { session })).toMatchObject({ removed: false, verdict: "free" });
    expect(namesIn(place)).toEqual([]);
  });
});
