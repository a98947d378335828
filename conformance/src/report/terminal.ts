import { clearLine, cursorTo } from "node:readline";
import type { Progress } from "../engine/run/progress.js";
import type { CellResult, MutantResult, Outcome } from "../engine/run/result.js";

export const SIGN: Readonly<Record<Outcome | "warned", string>> = {
  passed: "ok",
  failed: "FAILED",
  warned: "warned",
  "not-applicable": "n/a",
  "could-not-run": "COULD NOT RUN",
  "expected-failure": "expected",
};

export const shownOutcome = ({ outcome, counts }: CellResult): Outcome | "warned" =>
  outcome === "failed" && !counts ? "warned" : outcome;

const DEFAULT_WIDTH = 80;

/** What is to be said of a result that is no failure. */
export const remarkOn = ({ reason, notes = [] }: CellResult): string => reason ?? notes.join("; ");

const line = (result: CellResult): string => {
  const [failure] = result.failures;
  const why = failure === undefined ? remarkOn(result) : `${failure.check}: ${failure.message}`;
  const seconds = `${(result.durationMs / 1000).toFixed(1)} s`;
  return `${SIGN[shownOutcome(result)].padEnd(13)} ${result.column} ${result.case} (${seconds})${why === "" ? "" : `  ${why}`}`;
};

const mutantLine = ({ mutant, case: id, outcome, message }: MutantResult): string =>
  `${SIGN[outcome].padEnd(13)} mutant ${mutant} against ${id}${outcome === "passed" ? "" : `  ${message}`}`;

/** A line for each case: for logs. */
export function lineProgress(print: (text: string) => void): Progress {
  return {
    begin: (cells, mutants) => print(`${cells} cases to run${mutants > 0 ? `, and ${mutants} mutants` : ""}`),
    starting: () => {},
    finished: (result) => print(line(result)),
    mutantFinished: (result) => print(mutantLine(result)),
    end: () => {},
  };
}

/** One line that is written over, for a terminal; what went wrong stays. */
export function liveProgress(stream: NodeJS.WriteStream): Progress {
  let total = 0;
  let done = 0;
  const show = (text: string): void => {
    clearLine(stream, 0);
    cursorTo(stream, 0);
    // A line that wraps could not be written over. Some terminals do not tell their width.
    stream.write(text.slice(0, Math.max(1, (stream.columns || DEFAULT_WIDTH) - 1)));
  };
  const keep = (text: string): void => {
    show("");
    stream.write(`${text}\n`);
  };
  return {
    begin: (cells, mutants) => {
      total = cells + mutants;
    },
    starting: (column, id) => show(`${done}/${total}  ${column}  ${id}`),
    finished: (result) => {
      done += 1;
      if (result.outcome === "failed" || result.outcome === "could-not-run") keep(line(result));
    },
    mutantFinished: (result) => {
      done += 1;
      if (result.outcome !== "passed") keep(mutantLine(result));
    },
    end: () => show(""),
  };
}
