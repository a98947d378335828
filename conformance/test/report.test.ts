import { describe, expect, test } from "vitest";
import type { Column } from "../src/engine/run/plan.js";
import type { RunReport } from "../src/engine/run/report.js";
import type { CellResult, Timeline } from "../src/engine/run/result.js";
import { toHtml } from "../src/report/html.js";
import { toJson } from "../src/report/json.js";
import { escapeXml, toJunit } from "../src/report/junit.js";
import { toMarkdown } from "../src/report/markdown.js";
import { summary } from "../src/report/summary.js";
import { tickStep, timelineSvg } from "../src/report/timeline-svg.js";
import { caseOf } from "./harness.js";

const span = { implementation: "py", target: "/x/a.json", ended: "release" as const };
const first = { ...span, handle: "1", driver: "py#1", asked: 0, from: 10, to: 40 };
const second = { ...span, handle: "2", driver: "py#2", asked: 5, from: 30, to: 60 };
const timeline: Timeline = {
  lengthMs: 100,
  rows: [
    { driver: "py#1", implementation: "py" },
    { driver: "py#2", implementation: "py" },
  ],
  holds: [first, second],
  activities: [],
  marks: [{ driver: "py#2", at: 60, kind: "kill", label: "killed" }],
  overlaps: [{ first, second, from: 30, to: 40 }],
  omitted: 0,
};
const evil = `<script>alert("1")</script> | \u0007 ]]>`;
const bad: CellResult = {
  case: "bad-case",
  column: "py",
  outcome: "failed",
  counts: true,
  failures: [{ check: "referee/overlap", message: evil }],
  checks: { "referee/overlap": 1 },
  durationMs: 120,
  statistics: { holds: 2, kills: 1, contended: 1, mostAtOnce: 2 },
  timeline,
  events: [{ at: 1.5, event: "request", details: "verb=acquire" }],
  logs: [{ driver: "py#1", lines: ["panic!"] }],
  rerun: "npm run conformance -- run --only bad-case --impl py --seed 5",
};
const report: RunReport = {
  suite: "0.1.0",
  spec: 1,
  seed: 5,
  scale: 1,
  full: false,
  strict: false,
  platform: "linux",
  startedAt: "2026-11-21T10:00:00.000Z",
  durationMs: 1000,
  columns: [{ name: "py", kind: "own", team: [] } satisfies Column],
  cases: [caseOf(async () => {}, { id: "bad-case" }), caseOf(async () => {}, { id: "other-case" })],
  results: [
    bad,
    {
      ...bad,
      case: "other-case",
      outcome: "not-applicable",
      reason: "py does not declare guard",
      failures: [],
      events: [],
      logs: [],
    },
  ],
  mutants: [
    {
      mutant: "m",
      history: "somebody's",
      case: "bad-case",
      check: "c",
      outcome: "failed",
      message: "survived",
      durationMs: 1,
    },
  ],
  complaints: ["expected failure: py x passes; remove the entry"],
};

test("a failure comes with everything needed to see it again", () => {
  const text = summary(report);
  expect(text).toContain("seed 5");
  expect(text).toContain("request  verb=acquire");
  expect(text).toContain("panic!");
  expect(text).toContain("again: npm run conformance -- run --only bad-case --impl py --seed 5");
  expect(text).toContain("not applicable: py: py does not declare guard (1)");
  expect(text).toContain("FAILED: m against bad-case: survived");
  expect(text).toContain(
    "2 holds, 1 kills, 1 contended acquires, 2 at most at once".replace("2 holds, 1 kills, 1", "4 holds, 2 kills, 2"),
  );
});

test("the last line is the total, alone", () => {
  expect(summary(report).split("\n").at(-1)).toBe("0 passed, 3 failed");
});

test("report.json holds all of it", () => {
  const parsed = JSON.parse(toJson(report));
  expect(parsed).toMatchObject({ seed: 5, exitCode: 1, totals: { failed: 3 }, results: [{ case: "bad-case" }, {}] });
  expect(parsed.results[0].timeline.overlaps).toHaveLength(1);
});

test("junit.xml is well-formed whatever a driver prints", () => {
  const xml = toJunit(report);
  expect(xml).toContain("&#60;script&#62;");
  expect(xml).not.toMatch(/<script>|\u0007/);
  expect(xml).toMatch(/<testsuite name="py" tests="2" failures="1" errors="0" skipped="1"/);
  expect(xml).toMatch(/<testsuite name="mutants" tests="1" failures="1"/);
  expect(xml).toMatch(/<testsuite name="run" tests="1" failures="1"/);
  const opened = [...xml.matchAll(/<([a-z-]+)(?:\s[^<>]*[^/])?>/g)].map(([, name]) => name).sort();
  const closed = [...xml.matchAll(/<\/([a-z-]+)>/g)].map(([, name]) => name).sort();
  expect(opened).toEqual(closed);
  expect(escapeXml("a\u0000b\uD800c")).toBe("a\uFFFDb\uFFFDc");
});

test("report.md keeps to its table", () => {
  const lines = toMarkdown(report).split("\n");
  const table = lines.slice(
    lines.findIndex((line) => line.startsWith("| case")),
    lines.findIndex((line) => line.startsWith("- not")) - 1,
  );
  expect(table.map((line) => line.split(/(?<!\\)\|/).length)).toEqual([6, 6, 6, 6]);
});

describe("report.html", () => {
  const html = toHtml(report);
  test("needs no other file", () => {
    expect(html).not.toMatch(/(?:src|href)="(?!#)/);
    expect(html).not.toMatch(/https?:|url\(|@import/);
  });
  test("shows what a driver prints as text", () => {
    expect(html).not.toContain("<script>alert");
    expect(html).toContain("&lt;script&gt;alert");
  });
  test("leads from the matrix to the failure, and shows its timeline open", () => {
    expect(html).toContain('href="#failure-py-bad-case"');
    expect(html).toContain('id="failure-py-bad-case"');
    expect(html).toMatch(/<details id="py-bad-case" open>/);
  });
});

describe("a timeline", () => {
  const svg = timelineSvg(timeline, new Map([["py", "#123456"]]), "t");
  test("has a row for each process, a bar for each hold, and the overlap in both rows", () => {
    expect(svg.match(/class="name"/g)).toHaveLength(2);
    expect(svg.match(/class="hold"/g)).toHaveLength(2);
    expect(svg.match(/class="overlap"/g)).toHaveLength(2);
    expect(svg.match(/class="kill"/g)).toHaveLength(1);
    expect(svg).not.toContain("NaN");
  });
  test("says what it leaves out", () => {
    const rows = Array.from({ length: 130 }, (_, index) => ({ driver: `py#${index}`, implementation: "py" }));
    expect(timelineSvg({ ...timeline, rows, omitted: 7 }, new Map(), "t")).toContain(
      "10 more processes are not drawn, 7 more holds are not drawn",
    );
  });
  test("has round ticks, also where nothing took any time", () => {
    expect([0, 1, 80, 999, 65_000].map(tickStep)).toEqual([expect.any(Number), 0.2, 20, 200, 10_000]);
    expect(timelineSvg({ ...timeline, lengthMs: 0 }, new Map(), "t")).not.toContain("NaN");
  });
});
