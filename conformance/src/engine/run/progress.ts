import type { CellResult, MutantResult } from "./result.js";

/** What a terminal or a log is told while the suite runs. */
export interface Progress {
  begin(cells: number, mutants: number): void;
  starting(column: string, id: string): void;
  finished(result: CellResult): void;
  mutantFinished(result: MutantResult): void;
  end(): void;
}

export const SILENT_PROGRESS: Progress = {
  begin: () => {},
  starting: () => {},
  finished: () => {},
  mutantFinished: () => {},
  end: () => {},
};
