import { describe, expect, test } from "vitest";
import { ProgressBar } from "../src/log/progress.js";

const MB = 1 << 20;

function bar(width: number) {
  const shown: string[] = [];
  const clock = { now: 0 };
  const progress = new ProgressBar(
    (text) => shown.push(text),
    width,
    () => clock.now,
  );
  return { shown, clock, progress };
}

describe("a long read", () => {
  test.each([80, 40, 20])("shows how far it is in one line of %s columns, and cleans up", (width) => {
    const { shown, clock, progress } = bar(width);
    progress.begin("log", 1000 * MB);
    for (let at = 0; at <= 10; at++) {
      clock.now = at * 200;
      progress.at(at * 100 * MB);
    }
    progress.end();
    const lines = shown.map((text) => text.replace("\u001b[K", "").replace("\r", ""));
    expect(lines.at(-1)).toBe("");
    expect(lines.at(-2)).toContain("100 %");
    for (const line of lines) expect(line.length).toBeLessThan(Math.max(width, 30));
  });

  test("of unknown length says how much was read", () => {
    const { shown, clock, progress } = bar(80);
    progress.begin("-", undefined);
    clock.now = 1000;
    progress.at(300 * MB);
    expect(shown.join("")).toContain("reading: 300 MB");
  });

  test("that is quick shows nothing", () => {
    const { shown, clock, progress } = bar(80);
    progress.begin("log", MB);
    clock.now = 100;
    progress.at(MB);
    progress.end();
    expect(shown).toEqual([]);
  });
});
