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

async function runMutants(run: SuiteRun, results: readonly CellResult[]): Promise<MutantResult[]> {
  const { reference, options, progress } = run;
  if (reference === undefined || run.mutants.length === 0) return [];
  const cases = new Map(run.cases.map((definition) => [definition.id, definition]));
  const controls = new Map(
    results.filter(({ column }) => column === reference.name).map((result) => [result.case, result]),
  );
  const column: Column = { name: reference.name, kind: "own", team: [reference] };
  const control = async (id: string): Promise<CellResult | undefined> => {
    const known = controls.get(id);
    const definition = cases.get(id);
    if (known !== undefined || definition === undefined) return known;
    const [cell] = planCells(column, [definition], run.peers, run.peersRequired);
    if (cell === undefined) return undefined;
    const [result] = (await runColumn(column, [cell], options, SILENT_PROGRESS)).results;
    if (result !== undefined) controls.set(id, result);
    return result;
  };
  const peers = run.peers.filter(({ unavailable }) => unavailable === undefined);
  const outcomes: MutantResult[] = [];
  for (const mutant of run.mutants) {
    progress.starting("mutants", mutant.name);
    const outcome = await runMutant(mutant, { cases, reference, peers, options, control });
    outcomes.push(outcome);
    progress.mutantFinished(outcome);
  }
  return outcomes;
}
