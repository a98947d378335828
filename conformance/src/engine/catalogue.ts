import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "./data.js";

/** Something that goes wrong in the field, and the cases that stand for it. */
export interface Scenario {
  readonly name: string;
  readonly group: string;
  readonly asks: string;
  readonly cases: readonly string[];
  /** One of the cases is enough: they are ways of which a language has its own. */
  readonly any?: boolean;
  /** How OpenClaw 2026.9.6 was measured to behave, beside what is required. */
  readonly openclaw?: string;
  readonly note?: string;
  /** Where there is no case: the reason. */
  readonly why?: string;
}

/** The field's scenarios, in the order in which they are shown. */
export function readCatalogue(): readonly Scenario[] {
  const text = readFileSync(join(packageRoot, "catalogue.json"), "utf8");
  return (JSON.parse(text) as { scenarios: Scenario[] }).scenarios;
}
