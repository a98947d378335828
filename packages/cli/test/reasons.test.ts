import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KNOWN_REASONS, sentenceOf } from "../src/judge/reasons.js";

test("every reason of the verdict table has a sentence, and no sentence is without a reason", () => {
  const table = readFileSync(new URL("../../../spec/verdict.md", import.meta.url), "utf8");
  const rows = [...table.matchAll(/^\| \d+ \|.*\| `([a-z-]+)` \|$/gm)].map(([, reason]) => reason!);
  expect(rows.length).toBeGreaterThan(30);
  expect(new Set(KNOWN_REASONS)).toEqual(new Set(rows));
});

test("a reason of a later version is shown as it is", () => {
  expect(sentenceOf("sworn-in", { pid: 1, what: undefined, isGuess: false })).toBe("sworn-in");
});
