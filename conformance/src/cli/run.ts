import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { type CaseDefinition, type MutantDefinition, PROFILES } from "../engine/case.js";
import { quoteWord } from "../engine/command-line.js";
import { packageRoot } from "../engine/data.js";
import { applyExpected, type Expected, expectedFrom, NOTHING_EXPECTED, readExpected } from "../engine/expected.js";
import { canBuildMutants } from "../engine/mutant.js";
import { allCases, allMutants, registryFaults } from "../engine/registry.js";
import { readRequirements, requirementFaults, SPEC_VERSION } from "../engine/requirements.js";
import type { Column } from "../engine/run/plan.js";
import { EXIT, exitCodeOf, type RunReport } from "../engine/run/report.js";
import { runSuite } from "../engine/run/run-suite.js";
import { selectCases } from "../engine/select.js";
import { summary } from "../report/summary.js";
import { lineProgress, liveProgress } from "../report/terminal.js";
import { writeReports } from "../report/write.js";
import { choose } from "./choose.js";
import type { RunFlags } from "./run-options.js";
import { UsageError } from "./usage-error.js";

const OWN_EXPECTED = join(packageRoot, "expected-failures.yaml");

/** Runs the suite and answers the exit status. */
export async function run(flags: RunFlags): Promise<number> {
  const filtered =
    flags.only.length > 0 || flags.impl.length > 0 || flags.profile !== PROFILES.at(-1) || flags.mutants === true;
  if (flags.writeExpected && filtered) {
    throw new UsageError(
      "--write-expected sees only what ran: not together with --only, --impl, --profile or --mutants",
    );
  }
  const expectedFile = flags.expected ?? (flags.driver === undefined ? OWN_EXPECTED : undefined);
  if (flags.writeExpected && expectedFile === undefined)
    throw new UsageError("--write-expected needs --expected <file>");
  const expected = readKnown(expectedFile, flags.writeExpected);

  const requirements = readRequirements();
  const faults = [...registryFaults(), ...requirementFaults(requirements, allCases)];
  if (faults.length > 0) {
    for (const fault of faults) console.error(`lock-conformance: ${fault}`);
    return EXIT.couldNotRun;
  }
  const { cases, unmatched } = selectCases(allCases, flags.only, flags.profile);
  for (const pattern of unmatched)
    console.error(`lock-conformance: no case answers to ${pattern}; see lock-conformance list`);
  if (unmatched.length > 0 || cases.length === 0) return EXIT.nothingSelected;

  const seed = flags.seed ?? Math.floor(Math.random() * 2 ** 31);
  const startedAt = new Date().toISOString();
  const { columns, peers, reference } = await choose(flags);
  const progress =
    process.stdout.isTTY && process.env["CI"] === undefined ? liveProgress(process.stderr) : lineProgress(console.log);
  console.log(`seed ${seed}`);
  const { results, mutants, problems, durationMs } = await runSuite({
    cases,
    columns: flags.mutants === true ? [] : columns,
    peers,
    peersRequired: flags.driver === undefined,
    mutants: chooseMutants(flags, cases, filtered),
    reference,
    options: {
      seed,
      scale: flags.timeScale,
      full: flags.full,
      jobs: flags.jobs,
      strict: flags.strict,
      keep: flags.keep,
      // Our own helpers are held to every case from its first day.
      scored: new Set(flags.driver === undefined ? allCases.map(({ id }) => id) : requirements.scored),
      rerun: (id, column) => rerun(id, column, seed, flags),
    },
    progress,
  });

  if (flags.writeExpected && expectedFile !== undefined) {
    writeFileSync(expectedFile, stringify(expectedFrom(results, expected), { lineWidth: 0 }));
    console.log(`wrote ${expectedFile}: give each entry its reason`);
  }
  const ground = {
    cases: new Set(allCases.map(({ id }) => id)),
    columns: new Set([...columns.map(({ name }) => name), ...knownColumns(expected, filtered)]),
    complete: !filtered,
  };
  const complaints = applyExpected(flags.writeExpected ? readKnown(expectedFile, false) : expected, results, ground);
  const report: RunReport = {
    suite: (JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string }).version,
    spec: SPEC_VERSION,
    seed,
    scale: flags.timeScale,
    full: flags.full,
    strict: flags.strict,
    platform: `${process.platform} ${process.arch}, Node ${process.versions.node}`,
    startedAt,
    durationMs,
    columns: flags.mutants === true ? [] : columns,
    cases,
    results,
    mutants,
    complaints: [...complaints, ...problems],
  };
  if (flags.report !== false) console.log(`reports: ${writeReports(report, flags.report)}`);
  console.log(`\n${summary(report)}`);
  return exitCodeOf(report);
}

function readKnown(file: string | undefined, mayBeMissing: boolean): Expected {
  if (file === undefined || (mayBeMissing && !existsSync(file))) return NOTHING_EXPECTED;
  try {
    return readExpected(file);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Under a filter an entry for a column that was not chosen is no mistake; without one it is. */
const knownColumns = ({ expected, flaky }: Expected, filtered: boolean): string[] =>
  filtered ? [...expected, ...flaky].map(({ implementation }) => implementation) : [];

function chooseMutants(
  flags: RunFlags,
  cases: readonly CaseDefinition[],
  filtered: boolean,
): readonly MutantDefinition[] {
  if (flags.mutants === false || flags.driver !== undefined) return [];
  if (flags.mutants === undefined && filtered) return [];
  if (!canBuildMutants()) throw new UsageError("mutants are made from the TypeScript reference, which is not here");
  return allMutants.filter((mutant) => cases.some(({ id }) => id === mutant.case));
}

function rerun(id: string, column: Column, seed: number, flags: RunFlags): string {
  const words =
    flags.driver === undefined
      ? ["npm", "run", "conformance", "--", "run"]
      : ["npx", "@openclaw/lock-conformance", "run"];
  if (flags.driver !== undefined) words.push("--driver", flags.driver);
  words.push("--only", id, "--impl", column.name, "--seed", String(seed));
  if (flags.full) words.push("--full");
  if (flags.timeScale !== 1) words.push("--time-scale", String(flags.timeScale));
  return words.map(quoteWord).join(" ");
}
