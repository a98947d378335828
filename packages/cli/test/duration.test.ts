import { expect, test } from "vitest";
import { parseDuration, spokenDuration } from "../src/duration.js";

test.each([
  ["10", 10_000],
  ["0", 0],
  ["1.5m", 90_000],
  ["250ms", 250],
  [".5s", 500],
  ["365d", 31_536_000_000],
])("%s is a duration", (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

test.each(["", "-1", "1e3", "10 s", "NaN", "Infinity", "10x", "s", "366d", "1_000", "0x10", "١"])(
  "%j is none",
  (text) => expect(parseDuration(text)).toBeUndefined(),
);

test.each([
  [0, "0.0 s"],
  [9_940, "9.9 s"],
  [9_960, "10 s"],
  [59_400, "59 s"],
  [59_600, "1 min"],
  [3_599_000, "1 h"],
  [7_500_000, "2 h 5 min"],
  [36_000_000, "10 h"],
  [172_800_000, "2 d"],
  [300_000_000, "3 d 11 h"],
  [1_000_000_000, "11 d"],
])("%i ms are said as %s", (milliseconds, words) => expect(spokenDuration(milliseconds)).toBe(words));
