import ora from "ora";
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

const line = (result: CellResult): string => {
  const [failure] = result.failures;
  const why = failure === undefined ? (result.reason ?? "") : `${failure.check}: ${failure.message}`;
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

/** One line that moves, for a terminal; what went wrong stays. */
export function liveProgress(stream: NodeJS.WriteStream): Progress {
  const spinner = ora({ stream, discardStdin: false });
  let total = 0;
  let done = 0;
  const keep = (text: string): void => {
    spinner.clear();
    stream.write(`${text}\n`);
  };
  return {
    begin: (cells, mutants) => {
      total = cells + mutants;
      spinner.start("starting");
    },
    starting: (column, id) => {
      spinner.text = `${done}/${total}  ${column}  ${id}`;
    },
    finished: (result) => {
      done += 1;
      if (result.outcome === "failed" || result.outcome === "could-not-run") keep(line(result));
    },
    mutantFinished: (result) => {
      done += 1;
      if (result.outcome !== "passed") keep(mutantLine(result));
    },
    end: () => {
      spinner.stop();
    },
  };
}
