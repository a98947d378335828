import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import type { CaseDefinition, ImplementationRef, MutantDefinition, Patch } from "./case.js";
import { now } from "./clock.js";
import { repositoryRoot } from "./data.js";
import { lacking } from "./environment.js";
import { DriverPool } from "./run/pool.js";
import type { CellResult, MutantResult } from "./run/result.js";
import { runCase } from "./run/run-case.js";
import type { RunOptions } from "./run/run-columns.js";

const REFERENCE = join(repositoryRoot, "packages", "lock-helpers");
const DRIVER = join(REFERENCE, "driver", "main.ts");

const TRIES = 3;
const DRAIN_MS = 10_000;

export const canBuildMutants = (): boolean => existsSync(DRIVER);

export class MutantError extends Error {}

/** The source with its patches; a text that stands there not once but twice, or no more, means that the mutant is stale. */
export function applyPatches(source: string, patches: readonly Patch[]): string {
  let text = source;
  for (const { file, find, replace } of patches) {
    const parts = text.split(find);
    if (parts.length !== 2)
      throw new MutantError(`${file}: the text to replace stands there ${parts.length - 1} times: ${find}`);
    text = parts.join(replace);
  }
  return text;
}

/** Bundles the TypeScript reference's driver, patched. */
export async function buildMutant(patches: readonly Patch[], outfile: string): Promise<void> {
  const byFile = new Map<string, Patch[]>();
  for (const patch of patches) {
    const path = join(REFERENCE, patch.file);
    byFile.set(path, [...(byFile.get(path) ?? []), patch]);
  }
  const used = new Set<string>();
  const patching: Plugin = {
    name: "patches",
    setup: ({ onLoad }) => {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const wanted = byFile.get(path);
        if (wanted === undefined) return undefined;
        used.add(path);
        return { contents: applyPatches(readFileSync(path, "utf8"), wanted), loader: "ts" };
      });
    },
  };
  // Only in this repository, where there is a reference to patch: the installed suite does without.
  const { build } = await import("esbuild");
  await build({
    entryPoints: [DRIVER],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "silent",
    plugins: [patching],
  });
  const idle = [...byFile.keys()].find((path) => !used.has(path));
  if (idle !== undefined) throw new MutantError(`${idle} is not part of the driver`);
}

export interface MutantGround {
  readonly cases: ReadonlyMap<string, CaseDefinition>;
  /** The reference, whose capabilities its mutants share. */
  readonly reference: ImplementationRef;
  readonly peers: readonly ImplementationRef[];
  readonly options: RunOptions;
  /** How the unbroken reference did in a case. */
  control(definition: CaseDefinition): Promise<CellResult | undefined>;
}

/** Runs the mutant's case against it. It is caught when the case fails, and for the reason foretold. */
export async function runMutant(mutant: MutantDefinition, ground: MutantGround): Promise<MutantResult> {
  const start = now();
  const folder = mkdtempSync(join(tmpdir(), "lock-mutant-"));
  const said = (outcome: MutantResult["outcome"], message: string): MutantResult => ({
    mutant: mutant.name,
    history: mutant.history,
    case: mutant.case,
    check: mutant.check,
    outcome,
    message,
    durationMs: now() - start,
  });
  try {
    const definition = ground.cases.get(mutant.case);
    if (definition === undefined) return said("could-not-run", `there is no case ${mutant.case}`);
    const lack = lacking(definition.environment);
    if (lack !== undefined) return said("not-applicable", lack);
    const control = await ground.control(definition);
    if (control?.outcome !== "passed") {
      return said(
        "could-not-run",
        `the unbroken reference does not pass ${mutant.case}, so a failure would say nothing`,
      );
    }
    const bundle = join(folder, "driver.mjs");
    await buildMutant(mutant.patches, bundle);
    const implementation: ImplementationRef = {
      name: `mutant:${mutant.name}`,
      kind: "mutant",
      command: [process.execPath, bundle],
      env: {},
      capabilities: ground.reference.capabilities,
    };
    const others = definition.peers === true ? ground.peers : [];
    const { seed, scale, full } = ground.options;
    for (let tried = 1; ; tried += 1) {
      const pool = new DriverPool();
      const run = { definition, column: implementation.name, implementation, others, pool, scale, full };
      const result = await runCase({ ...run, seed: seed + tried - 1, counts: true, keep: false, rerun: "" });
      await pool.drain(DRAIN_MS);
      const [outcome, message] = judgeMutant(mutant, result);
      // A race may be missed by chance; that it can be met is what a mutant is to show.
      if (result.outcome === "passed" && tried < TRIES) continue;
      return said(outcome, tried === 1 ? message : `${message} (try ${tried})`);
    }
  } catch (error) {
    return said("could-not-run", (error as Error).message);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function judgeMutant(mutant: MutantDefinition, result: CellResult): [MutantResult["outcome"], string] {
  if (result.outcome === "passed") return ["failed", `survived: ${mutant.case} passes with it`];
  if (result.outcome !== "failed") return ["could-not-run", result.reason ?? result.outcome];
  const meant = result.failures.find(({ check }) => check === mutant.check);
  const foreseen = new Set([mutant.check, ...(mutant.also ?? [])]);
  const other = result.failures.find(({ check }) => !foreseen.has(check));
  if (meant === undefined)
    return ["failed", `${mutant.case} fails, but not with ${mutant.check}: ${other?.check}: ${other?.message}`];
  if (other !== undefined)
    return ["failed", `${mutant.case} fails for another reason too: ${other.check}: ${other.message}`];
  return ["passed", meant.message];
}
