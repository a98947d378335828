import { describe, expect, test } from "vitest";
import { checkHistory, type Operation } from "../src/engine/judge/history.js";

const operation = (kind: Operation["kind"], owner: string, call: number, end: number): Operation => ({
  kind,
  owner,
  by: owner,
  call,
  return: end,
});
const verdict = (operations: Operation[], mayEnd: [string, number][] = []) =>
  checkHistory({ operations, mayEnd: new Map(mayEnd) }).verdict;

test("an empty history is possible", () => {
  expect(verdict([])).toBe("possible");
});

describe("an order must exist in which everybody was right", () => {
  test("one after the other", () => {
    const a = [operation("acquired", "a", 0, 1), operation("released", "a", 2, 3)];
    const b = [operation("acquired", "b", 0.5, 4), operation("released", "b", 5, 6)];
    expect(verdict([...b, ...a])).toBe("possible");
  });

  test("two holders at once", () => {
    const operations = [
      operation("acquired", "a", 0, 1),
      operation("acquired", "b", 0, 2),
      operation("released", "a", 3, 4),
    ];
    expect(checkHistory({ operations, mayEnd: new Map() })).toEqual({
      verdict: "impossible",
      message: "in no order could b have been right: it was given the lock (b) while a held it",
    });
  });

  test("a release of somebody else's lock", () => {
    expect(verdict([operation("acquired", "a", 0, 1), operation("released", "b", 2, 3)])).toBe("impossible");
  });

  test("lost without a cause", () => {
    expect(verdict([operation("acquired", "a", 0, 1), operation("lost", "a", 2, 3)])).toBe("impossible");
    expect(verdict([operation("acquired", "a", 0, 1), operation("lost", "a", 2, 3)], [["a", 1.5]])).toBe("possible");
  });

  test("verified after somebody else has it", () => {
    const operations = [
      operation("acquired", "a", 0, 1),
      operation("acquired", "b", 3, 4),
      operation("verified", "a", 5, 6),
    ];
    expect(verdict(operations, [["a", 2]])).toBe("impossible");
    expect(verdict(operations.slice(0, 2), [["a", 2]])).toBe("possible");
  });

  test("not held, though nobody took it", () => {
    expect(verdict([operation("acquired", "a", 0, 1), operation("not-held", "a", 2, 3)])).toBe("impossible");
    const released = [
      operation("acquired", "a", 0, 1),
      operation("released", "a", 2, 3),
      operation("not-held", "a", 4, 5),
    ];
    expect(verdict(released)).toBe("possible");
  });
});

describe("a crash leaves open whether and when the hold ended", () => {
  test("it may be taken over after the crash", () => {
    expect(verdict([operation("acquired", "a", 0, 1), operation("acquired", "b", 2, 5)], [["a", 4]])).toBe("possible");
  });

  test("but not before", () => {
    expect(verdict([operation("acquired", "a", 0, 1), operation("acquired", "b", 2, 3)], [["a", 4]])).toBe(
      "impossible",
    );
  });
});

test("thousands of operations with many waiters are no burden", () => {
  const operations: Operation[] = [];
  for (let index = 0; index < 3000; index += 1) {
    const at = index * 10;
    operations.push(
      operation("acquired", `h${index}`, Math.max(0, at - 200), at),
      operation("released", `h${index}`, at + 4, at + 6),
    );
  }
  expect(verdict(operations)).toBe("possible");
});

test("a checker that gives up or breaks says unknown, and never possible", () => {
  const operations = [operation("acquired", "a", 0, 1), operation("released", "a", 2, 3)];
  expect(checkHistory({ operations, mayEnd: new Map() }, 1)).toMatchObject({
    verdict: "unknown",
    message: "no answer after 1 steps",
  });
  expect(verdict([operation("acquired", "a", 2, 1)])).toBe("unknown");
  expect(verdict([operation("acquired", "a", Number.NaN, 1)])).toBe("unknown");
});
