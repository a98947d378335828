import { readFileSync, writeFileSync } from "node:fs";
import { readCatalogue } from "../engine/catalogue.js";
import { type ReportedRun, toMatrix } from "../report/matrix.js";
import { UsageError } from "./usage-error.js";

/** Prints the field's scenarios against the implementations of these runs, or writes them to a file. */
export function matrix(reports: readonly string[], flags: { write?: string }): void {
  const paths = reports.length > 0 ? reports : ["conformance-report/report.json"];
  const text = toMatrix(readCatalogue(), paths.map(readRun));
  if (flags.write === undefined) process.stdout.write(text);
  else writeFileSync(flags.write, text);
}

function readRun(path: string): ReportedRun {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${path} is no report of a run: ${(error as Error).message}`);
  }
}
