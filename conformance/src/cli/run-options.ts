import { type Command, InvalidArgumentError, Option } from "commander";
import { PROFILES, type Profile } from "../engine/case.js";

export interface RunFlags {
  readonly driver?: string;
  readonly only: readonly string[];
  readonly impl: readonly string[];
  readonly profile: Profile;
  readonly full: boolean;
  readonly seed?: number;
  readonly timeScale: number;
  readonly strict: boolean;
  readonly report: string | false;
  /** true: nothing but the mutants; false: none; undefined: as part of a whole run. */
  readonly mutants?: boolean;
  readonly expected?: string;
  readonly writeExpected: boolean;
  readonly jobs: number;
  readonly keep: boolean;
}

const list = (value: string, before: readonly string[]): string[] => [
  ...before,
  ...value
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== ""),
];

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError("not a whole number");
  return value;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("not a number above zero");
  return value;
}

function count(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError("at least one");
  return value;
}

export const timeScale = (): Option =>
  new Option("--time-scale <factor>", "stretches every limit, for slow machines").argParser(positive).default(1);

export const profile = (): Option =>
  new Option(
    "--profile <profile>",
    "basic: exclude, release, lost; reclaim: dead holders too; container: across namespaces too; refresh: logins",
  )
    .choices(PROFILES)
    .default("refresh" satisfies Profile);

export function addRunOptions(command: Command): Command {
  return command
    .option("--driver <command>", "your driver (spec/driver.md), instead of this repository's helpers")
    .option("--only <patterns>", "cases by id, or group/id; * stands for anything", list, [])
    .addOption(new Option("--case <patterns>", "the same as --only").argParser(list).default([]).hideHelp())
    .option("--impl <names>", "implementations, or columns: mix, typescript+go", list, [])
    .addOption(profile())
    .option("--full", "large counts, and each pair of implementations", false)
    .option("--seed <number>", "replays the random choices of an earlier run", wholeNumber)
    .addOption(timeScale())
    .option("--strict", "SHOULD counts like MUST, and cases that are not scored count too", false)
    .option("--report <folder>", "where the reports go", "conformance-report")
    .option("--no-report", "writes none")
    .option("--mutants", "runs nothing but the mutants")
    .option("--no-mutants", "leaves the mutants out")
    .option("--expected <file>", "expected failures")
    .option("--write-expected", "writes that file from this run's failures", false)
    .option("--jobs <count>", "how many cases run side by side, where they bear it", count, 4)
    .option("--keep", "keeps the directories of cases that have not passed", false);
}
