import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import type { CellResult } from "./run/result.js";

export interface ExpectedEntry {
  readonly case: string;
  /** Name of the column. */
  readonly implementation: string;
  readonly check: string;
  /** How the message begins. */
  readonly message: string;
  readonly reason: string;
}

export interface FlakyEntry {
  readonly case: string;
  readonly implementation: string;
  readonly reason: string;
}

export interface Expected {
  readonly expected: readonly ExpectedEntry[];
  readonly flaky: readonly FlakyEntry[];
}

export const NOTHING_EXPECTED: Expected = { expected: [], flaky: [] };

/** Reads the file; what is not of its form throws a sentence. */
export function readExpected(file: string): Expected {
  if (!existsSync(file)) throw new Error(`${file} is not there`);
  return parseExpected(readFileSync(file, "utf8"), file);
}

export function parseExpected(text: string, file: string): Expected {
  const document: unknown = parse(text) ?? {};
  const { expected, flaky, ...rest } = document as { expected?: unknown; flaky?: unknown };
  const unknown = Object.keys(rest);
  if (typeof document !== "object" || unknown.length > 0) {
    throw new Error(
      `${file}: expected the keys "expected" and "flaky"${unknown.length > 0 ? `, not ${unknown.join(", ")}` : ""}`,
    );
  }
  const known = {
    expected: entries<ExpectedEntry>(
      expected,
      ["case", "implementation", "check", "message", "reason"],
      `${file}: expected`,
    ),
    flaky: entries<FlakyEntry>(flaky, ["case", "implementation", "reason"], `${file}: flaky`),
  };
  const cell = (entry: FlakyEntry): string => `${entry.implementation} ${entry.case}`;
  const twice = known.flaky.find((entry) => known.expected.some((other) => cell(other) === cell(entry)));
  if (twice !== undefined) throw new Error(`${file}: ${cell(twice)} is both expected to fail and flaky`);
  return known;
}

function entries<T>(value: unknown, keys: readonly string[], where: string): T[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`${where} is not a list`);
  return value.map((entry: unknown, index) => {
    const wrong =
      typeof entry !== "object" || entry === null || Object.keys(entry).sort().join() !== [...keys].sort().join();
    if (wrong) throw new Error(`${where}[${index}] must have exactly ${keys.join(", ")}`);
    const empty = keys.find(
      (key) => typeof (entry as Record<string, unknown>)[key] !== "string" || (entry as never)[key] === "",
    );
    if (empty !== undefined) throw new Error(`${where}[${index}]: ${empty} is not a text`);
    return entry as T;
  });
}

export interface Ground {
  readonly cases: ReadonlySet<string>;
  readonly columns: ReadonlySet<string>;
  /** Nothing was filtered: every entry must have met its cell. */
  readonly complete: boolean;
}

/**
 * Turns the failures that were expected into `expected-failure`, and answers what is wrong with the entries: one that passes, names
 * nothing, or fails with another message is a lie that would hide the next failure.
 */
export function applyExpected({ expected, flaky }: Expected, results: readonly CellResult[], ground: Ground): string[] {
  const complaints: string[] = [];
  for (const entry of [...expected, ...flaky]) {
    if (!ground.cases.has(entry.case)) complaints.push(`expected failure: there is no case ${entry.case}`);
    if (!ground.columns.has(entry.implementation))
      complaints.push(`expected failure: there is no column ${entry.implementation}`);
  }

  for (const result of results) {
    const here = (entry: FlakyEntry): boolean => entry.case === result.case && entry.implementation === result.column;
    const flake = flaky.find(here);
    const entriesHere = expected.filter(here);
    if (flake !== undefined && result.outcome === "failed") mark(result, `flaky: ${flake.reason}`);
    if (entriesHere.length === 0) continue;
    const covers = (entry: ExpectedEntry, { check, message }: { check: string; message: string }): boolean =>
      entry.check === check && message.startsWith(entry.message);
    const name = `${result.column} ${result.case}`;
    if (result.outcome === "passed") complaints.push(`expected failure: ${name} passes; remove the entry`);
    else if (result.outcome === "not-applicable") {
      if (result.environment !== true) complaints.push(`expected failure: ${name} is not applicable; remove the entry`);
    } else if (result.outcome === "failed") {
      const others = result.failures.filter((failure) => !entriesHere.some((entry) => covers(entry, failure)));
      const unmet = entriesHere.filter((entry) => !result.failures.some((failure) => covers(entry, failure)));
      for (const { check, message } of others) {
        complaints.push(`expected failure: ${name} fails otherwise than expected: ${check}: ${message}`);
      }
      for (const { check, message } of unmet)
        complaints.push(`expected failure: ${name} no longer fails with ${check}: ${message}`);
      if (others.length === 0 && unmet.length === 0) mark(result, entriesHere.map(({ reason }) => reason).join("; "));
    }
  }

  if (ground.complete) {
    const met = new Set(results.map(({ case: id, column }) => `${column} ${id}`));
    for (const { case: id, implementation } of [...expected, ...flaky]) {
      const known = ground.cases.has(id) && ground.columns.has(implementation);
      if (known && !met.has(`${implementation} ${id}`))
        complaints.push(`expected failure: ${implementation} does not run ${id}`);
    }
  }
  return [...new Set(complaints)];
}

function mark(result: CellResult, reason: string): void {
  result.outcome = "expected-failure";
  result.reason = reason;
}

/** The file that would make this run conformant, keeping what was known about it. */
export function expectedFrom(results: readonly CellResult[], known: Expected): Expected {
  const failed = results.filter(({ outcome }) => outcome === "failed" || outcome === "expected-failure");
  const flaky = (id: string, column: string): boolean =>
    known.flaky.some((entry) => entry.case === id && entry.implementation === column);
  const expected = failed
    .filter((result) => !flaky(result.case, result.column))
    .flatMap((result) =>
      result.failures.map(({ check, message }) => {
        const entry = { case: result.case, implementation: result.column, check, message: stablePart(message) };
        const before = known.expected.find(
          (other) =>
            other.case === entry.case && other.implementation === entry.implementation && other.check === check,
        );
        return before !== undefined && message.startsWith(before.message)
          ? before
          : { ...entry, reason: "to be explained" };
      }),
    );
  const unique = new Map(
    expected.map((entry) => [JSON.stringify([entry.case, entry.implementation, entry.check, entry.message]), entry]),
  );
  return { expected: [...unique.values()], flaky: known.flaky };
}

/** Numbers and paths differ from run to run. */
function stablePart(message: string): string {
  const [stable = ""] = /^[^0-9/]*/.exec(message) ?? [];
  return stable.trim() === "" ? message : stable.trimEnd();
}
