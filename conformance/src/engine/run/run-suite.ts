import type { CaseDefinition, MutantDefinition } from "../case.js";
import { now } from "../clock.js";
import type { Probed } from "../implementations.js";
import { runMutant } from "../mutant.js";
import { type Column, planCells } from "./plan.js";
import { type Progress, SILENT_PROGRESS } from "./progress.js";
import type { CellResult, MutantResult } from "./result.js";
import { type RunOptions, runColumn } from "./run-columns.js";

export interface SuiteRun {
  readonly cases: readonly CaseDefinition[];
  readonly columns: readonly Column[];
  readonly peers: readonly Probed[];
  /** The peers belong to this suite's own run: without them it could not be made. */
  readonly peersRequired: boolean;
  readonly mutants: readonly MutantDefinition[];
  /** Whose patched source the mutants are. */
  readonly reference: Probed | undefined;
  readonly options: RunOptions;
  readonly progress: Progress;
}

export interface SuiteOutcome {
  readonly results: readonly CellResult[];
  readonly mutants: readonly MutantResult[];
  readonly problems: readonly string[];
  readonly durationMs: number;
}

export async function runSuite(run: SuiteRun): Promise<SuiteOutcome> {
  const { columns, options, progress } = run;
  const start = now();
  const plans = columns.map((column) => ({
    column,
    cells: planCells(column, run.cases, run.peers, run.peersRequired),
  }));
  progress.begin(
    plans.reduce((sum, { cells }) => sum + cells.length, 0),
    run.mutants.length,
  );
  const results: CellResult[] = [];
  const problems: string[] = [];
  for (const { column, cells } of plans) {
    const outcome = await runColumn(column, cells, options, progress);
    results.push(...outcome.results);
    problems.push(...outcome.problems.map((problem) => `${column.name}: ${problem}`));
  }
  const mutants = await runMutants(run, results);
  progress.end();
  return { results, mutants, problems, durationMs: now() - start };
}

/** They wait more than they work. Those of a stress case run alone: beside others they meet their race less often. */
const MUTANTS_AT_ONCE = 2;

async function runMutants(run: SuiteRun, results: readonly CellResult[]): Promise<MutantResult[]> {
  const { reference, options, progress, mutants } = run;
  if (reference === undefined || mutants.length === 0) return [];
  const cases = new Map(run.cases.map((definition) => [definition.id, definition]));
  const column: Column = { name: reference.name, kind: "own", team: [reference] };
  const controls = new Map<string, Promise<CellResult | undefined>>();
  for (const result of results) if (result.column === column.name) controls.set(result.case, Promise.resolve(result));

  const runControl = async (definition: CaseDefinition): Promise<CellResult | undefined> => {
    const cells = planCells(column, [definition], run.peers, run.peersRequired);
    return (await runColumn(column, cells, options, SILENT_PROGRESS)).results[0];
  };
  const control = (definition: CaseDefinition): Promise<CellResult | undefined> => {
    const known = controls.get(definition.id) ?? runControl(definition);
    controls.set(definition.id, known);
    return known;
  };
  const peers = run.peers.filter(({ unavailable }) => unavailable === undefined);
  const outcomes = new Map<MutantDefinition, MutantResult>();
  const runAll = async (queue: MutantDefinition[]): Promise<void> => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      progress.starting("mutants", mutant.name);
      const outcome = await runMutant(mutant, { cases, reference, peers, options, control });
      outcomes.set(mutant, outcome);
      progress.mutantFinished(outcome);
    }
  };
  const bearsCompany = (mutant: MutantDefinition): boolean => cases.get(mutant.case)?.parallel === true;
  const together = mutants.filter(bearsCompany);
  await Promise.all(Array.from({ length: Math.max(MUTANTS_AT_ONCE, options.jobs) }, () => runAll(together)));
  await runAll(mutants.filter((mutant) => !bearsCompany(mutant)));
  return mutants.map((mutant) => outcomes.get(mutant)!);
}
