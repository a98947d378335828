import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rowOf } from "../src/explain/rows.js";
import { KNOWN_REASONS, sentenceOf } from "../src/judge/reasons.js";
import { REPAIRABLE } from "../src/judge/repairable.js";

test("every reason of the verdict table has a sentence, and no sentence is without a reason", () => {
  const table = readFileSync(new URL("../../../spec/verdict.md", import.meta.url), "utf8");
  const rows = [...table.matchAll(/^\| \d+ \|.*\| `([a-z-]+)` \|$/gm)].map(([, reason]) => reason!);
  expect(rows.length).toBeGreaterThan(30);
  expect(new Set(KNOWN_REASONS)).toEqual(new Set(rows));
});

test("a reason of a later version is shown as it is", () => {
  expect(sentenceOf("sworn-in", { pid: 1, what: undefined, isGuess: false })).toBe("sworn-in");
});

test("every row of the verdict table is cited by its number", () => {
  const table = readFileSync(new URL("../../../spec/verdict.md", import.meta.url), "utf8");
  for (const [, number, verdict, reason] of table.matchAll(/^\| (\d+) \|.*\| ([a-z -]+?C?) \| `([a-z-]+)` \|$/gm)) {
    expect(rowOf(reason!, verdict!.endsWith(" C")), reason).toBe(Number(number));
  }
  expect(rowOf("sworn-in", true)).toBeUndefined();
});

test("what is said to be repairable is what the table of foreign locks allows to go", () => {
  const { kinds } = JSON.parse(readFileSync(new URL("../../../spec/foreign.json", import.meta.url), "utf8")) as {
    kinds: { kind: string; removable: boolean }[];
  };
  expect(REPAIRABLE).toEqual(new Set(kinds.filter(({ removable }) => removable).map(({ kind }) => kind)));
});
