import type { CaseDefinition } from "../case.js";
import { type Cell, type Column, MIX } from "./plan.js";
import { DriverPool } from "./pool.js";
import type { Progress } from "./progress.js";
import { type CellResult, NO_STATISTICS } from "./result.js";
import { runCase } from "./run-case.js";
import { takeStrays } from "./strays.js";

export interface RunOptions {
  readonly seed: number;
  readonly scale: number;
  readonly full: boolean;
  readonly jobs: number;
  readonly strict: boolean;
  readonly keep: boolean;
  /** Ids that count for this version of the contract. */
  readonly scored: ReadonlySet<string>;
  /** The command that runs one cell again. */
  rerun(id: string, column: Column): string;
}

const DRAIN_MS = 10_000;

export interface ColumnOutcome {
  readonly results: CellResult[];
  /** A driver that did not end as it should after its last case. */
  readonly problems: string[];
}

/** Runs the cells of one column: those that bear company side by side first, then one after the other. */
export async function runColumn(
  column: Column,
  cells: readonly Cell[],
  options: RunOptions,
  progress: Progress,
): Promise<ColumnOutcome> {
  const pool = new DriverPool();
  const results: CellResult[] = [];
  const runOne = async (cell: Cell): Promise<void> => {
    progress.starting(column.name, cell.definition.id);
    const result =
      cell.settled === undefined ? await runCase(caseRun(cell, options, pool)) : settledResult(cell, options);
    results.push(result);
    progress.finished(result);
  };

  const together = options.jobs > 1 ? cells.filter(({ definition }) => definition.parallel === true) : [];
  const queue = [...together];
  const worker = async (): Promise<void> => {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) await runOne(cell);
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
  for (const cell of cells) if (!together.includes(cell)) await runOne(cell);

  const order = new Map(cells.map(({ definition }, index) => [definition.id, index]));
  results.sort((a, b) => order.get(a.case)! - order.get(b.case)!);
  const problems = await pool.drain(DRAIN_MS * options.scale);
  return { results, problems: [...problems, ...takeStrays()] };
}

function counts(definition: CaseDefinition, { strict, scored }: RunOptions): boolean {
  return strict || (definition.level === "MUST" && scored.has(definition.id));
}

function caseRun(cell: Cell, options: RunOptions, pool: DriverPool): Parameters<typeof runCase>[0] {
  const { definition, column, others } = cell;
  return {
    definition,
    column: column.name,
    implementation: column.team[0]!,
    others,
    pool,
    seed: options.seed,
    scale: options.scale,
    full: options.full,
    keep: options.keep,
    counts: counts(definition, options),
    rerun: options.rerun(definition.id, column),
  };
}

function settledResult({ definition, column, settled }: Cell, options: RunOptions): CellResult {
  return {
    case: definition.id,
    column: column.name,
    outcome: settled!.outcome,
    reason: settled!.reason,
    environment: settled!.environment,
    counts: counts(definition, options),
    failures: [],
    checks: {},
    durationMs: 0,
    statistics: NO_STATISTICS,
    events: [],
    logs: [{ driver: column.team[0]!.name, lines: column.team[0]!.stderrTail }],
    rerun: options.rerun(definition.id, column),
  };
}

/** How `--impl` names a column. */
export const columnArgument = ({ kind, name }: Column): string => (kind === "mix" ? MIX : name);
