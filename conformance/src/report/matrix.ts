import type { Scenario } from "../engine/catalogue.js";

/** What the matrix needs of a report.json. */
export interface ReportedRun {
  readonly suite: string;
  readonly spec: number;
  readonly seed: number;
  readonly platform: string;
  readonly startedAt: string;
  readonly columns: readonly { readonly name: string; readonly team: readonly { readonly version: string }[] }[];
  readonly results: readonly ReportedCell[];
}

interface ReportedCell {
  readonly case: string;
  readonly column: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly failures: readonly { readonly check: string }[];
}

const MIX = "mix";

/** Every scenario against every implementation, from one run or from several: for people, as Markdown. */
export function toMatrix(scenarios: readonly Scenario[], runs: readonly ReportedRun[]): string {
  const columns = runs.flatMap(({ columns }) => columns).filter(({ name }) => name !== MIX && !name.includes("+"));
  const cells = runs.flatMap(({ results }) => results);
  const rows = scenarios.map((scenario) => {
    const shown = columns.map(({ name }) => cellOf(scenario, name, cells));
    return row([scenario.group, `\`${scenario.name}\``, scenario.asks, ...shown, scenario.openclaw ?? ""]);
  });
  return [
    "# The field's scenarios",
    "",
    "Made by `lock-conformance matrix` from the reports of these runs; do not edit.",
    "",
    ...runs.map(describeRun),
    "",
    row(["", "scenario", "asks whether", ...columns.map(({ name }) => name), "OpenClaw 2026.9.6"]),
    row(Array(columns.length + 4).fill("---")),
    ...rows,
    "",
    "- **ok**: every case of the scenario passed. **part**: some passed, the others ask for what the implementation does not have. **n/a**: all of them do.",
    "- **no**: a case failed, at the check that is named. For OpenClaw's own code that is how it behaves, and no verdict on it: it never promised this contract.",
    "- **OpenClaw 2026.9.6**: what was measured of OpenClaw itself, as far as it is known. Its lock code alone is the peers that are called fs-safe.",
    "- **together**: the case needs several implementations; it is judged in the column where they meet.",
    ...scenarios.filter(({ note }) => note).map(({ name, note }) => `- \`${name}\`: ${note}.`),
    ...scenarios.filter(({ why }) => why).map(({ name, why }) => `- \`${name}\` is not run: ${why}.`),
    "",
  ].join("\n");
}

function describeRun({ suite, spec, seed, platform, startedAt, columns }: ReportedRun): string {
  const names = columns.map(({ name, team }) => (team.length === 1 ? `${name} ${team[0]!.version}` : name));
  return `- ${startedAt.slice(0, 10)}, contract ${spec}, suite ${suite}, ${platform}, seed ${seed}: ${names.join(", ")}`;
}

function cellOf({ cases, any }: Scenario, column: string, cells: readonly ReportedCell[]): string {
  if (cases.length === 0) return "not run";
  const own = cells.filter((cell) => cell.column === column && cases.includes(cell.case));
  const failed = own.find(({ outcome }) => outcome === "failed" || outcome === "could-not-run");
  if (failed) return `**no**: \`${failed.failures[0]?.check ?? "could not run"}\``;
  const passed = own.filter(({ outcome }) => outcome === "passed").length;
  if (passed > 0) return passed === own.length || any ? "ok" : "part";
  const meets = own.some(({ reason }) => reason?.includes("would meet itself"));
  if (own.length > 0 && !meets)
    return own.some(({ outcome }) => outcome === "expected-failure") ? "known limit" : "n/a";
  return together(cells.filter((cell) => cell.column === MIX && cases.includes(cell.case)));
}

function together(met: readonly ReportedCell[]): string {
  if (met.length === 0) return "–";
  if (met.some(({ outcome }) => outcome === "failed" || outcome === "could-not-run")) return "**no** together";
  return met.some(({ outcome }) => outcome === "expected-failure") ? "together, known limit" : "ok together";
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((text) => text.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
