import type { RunReport } from "../engine/run/report.js";
import type { CellResult, MutantResult } from "../engine/run/result.js";
import { describeFailure } from "./failures.js";

/** What XML 1.0 cannot hold is replaced, not dropped. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

function testCase(result: CellResult, seed: number): string {
  const open = `    <testcase classname="${escapeXml(result.column)}" name="${escapeXml(result.case)}" time="${seconds(result.durationMs)}"`;
  const detail = escapeXml(describeFailure(result, seed));
  const [failure] = result.failures;
  switch (result.outcome) {
    case "passed":
      return `${open}/>`;
    case "not-applicable":
    case "expected-failure":
      return `${open}><skipped message="${escapeXml(`${result.outcome}: ${result.reason ?? ""}`)}"/></testcase>`;
    case "could-not-run":
      return `${open}><error message="${escapeXml(result.reason ?? "")}">${detail}</error></testcase>`;
    case "failed":
      if (!result.counts) return `${open}><system-out>${detail}</system-out></testcase>`;
      return `${open}><failure message="${escapeXml(`${failure?.check}: ${failure?.message}`)}">${detail}</failure></testcase>`;
  }
}

function mutantCase({ mutant, case: id, outcome, message, durationMs }: MutantResult): string {
  const open = `    <testcase classname="mutants" name="${escapeXml(`${mutant} against ${id}`)}" time="${seconds(durationMs)}"`;
  if (outcome === "passed") return `${open}/>`;
  const element = { failed: "failure", "could-not-run": "error", "not-applicable": "skipped" }[outcome];
  return `${open}><${element} message="${escapeXml(message)}"/></testcase>`;
}

function suite(name: string, cases: readonly string[], durationMs: number): string {
  const count = (element: string): number => cases.filter((one) => one.includes(`<${element} `)).length;
  const counts = `failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"`;
  const head = `  <testsuite name="${escapeXml(name)}" tests="${cases.length}" ${counts} time="${seconds(durationMs)}">`;
  return [head, ...cases, "  </testsuite>"].join("\n");
}

/** junit.xml: a suite for each column, one for the mutants, one for what is wrong with the run itself. */
export function toJunit(report: RunReport): string {
  const suites = report.columns.map(({ name }) => {
    const results = report.results.filter(({ column }) => column === name);
    const duration = results.reduce((sum, { durationMs }) => sum + durationMs, 0);
    return suite(
      name,
      results.map((result) => testCase(result, report.seed)),
      duration,
    );
  });
  if (report.mutants.length > 0) {
    const duration = report.mutants.reduce((sum, { durationMs }) => sum + durationMs, 0);
    suites.push(suite("mutants", report.mutants.map(mutantCase), duration));
  }
  if (report.complaints.length > 0) {
    const cases = report.complaints.map(
      (complaint) => `    <testcase classname="run" name="run"><failure message="${escapeXml(complaint)}"/></testcase>`,
    );
    suites.push(suite("run", cases, 0));
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="lock-conformance">',
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}
