import { describe, expect, test } from "vitest";
import { Watch } from "../src/watch.js";

/** Looks every 25 ms for so long, and goes on from where both clocks stand. */
function watcher() {
  const watch = new Watch();
  let monotonic = 5000;
  let wall = 1_700_000_000_000;
  const look = (isUnchanged = true) => watch.look({ monotonic, wall }, isUnchanged);
  const pass = (ms: number, wallMs = ms) => {
    monotonic += ms;
    wall += wallMs;
  };
  const lookFor = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 25) {
      pass(25);
      look();
    }
  };
  look(false);
  return { watch, look, lookFor, pass };
}

describe("a watch", () => {
  test("is complete after two seconds of looks, and tells the age at its beginning", () => {
    const { watch, lookFor } = watcher();
    lookFor(1975);
    expect(watch.silentMs(60_000)).toBe(0);
    lookFor(25);
    expect(watch.silentMs(60_000)).toBe(58_000);
    lookFor(60_000);
    expect(watch.silentMs(120_000)).toBeGreaterThan(117_500);
    expect(watch.silentMs(120_000)).toBeLessThanOrEqual(118_000);
  });

  test("begins anew with every change", () => {
    const { watch, look, lookFor } = watcher();
    lookFor(3000);
    look(false);
    expect(watch.silentMs(60_000)).toBe(0);
    expect(watch.watchedMs).toBe(0);
    lookFor(1975);
    expect(watch.silentMs(60_000)).toBe(0);
  });

  test.each([
    ["slept, and the monotonic clock stood still", 10, 3_600_000],
    ["was stopped, or its clock went on", 3_600_000, 3_600_000],
    ["had its wall clock set back while it was stopped", 3_600_000, -60_000],
  ])("of one that %s sees nothing of that time, and is not over before two more seconds", (_how, mono, wall) => {
    const { watch, look, lookFor, pass } = watcher();
    lookFor(5000);
    pass(mono, wall);
    look();
    expect(watch.watchedMs).toBeLessThanOrEqual(5025);
    // Five seconds old when it began, so a little more, and not an hour.
    expect(watch.silentMs(3_600_000 + 10_000)).toBeLessThan(11_000);
    lookFor(1500);
    expect(watch.silentMs(3_600_000 + 11_500)).toBeLessThan(11_500);
    lookFor(1000);
    expect(watch.silentMs(3_600_000 + 12_500)).toBeGreaterThan(3_600_000);
  });

  test("of one that looks too seldom takes so many looks", () => {
    const { watch, look, pass } = watcher();
    for (let looks = 0; looks < 79; looks++) {
      pass(1000);
      look();
    }
    expect(watch.isComplete).toBe(false);
    pass(1000);
    look();
    expect(watch.isComplete).toBe(true);
  });
});
