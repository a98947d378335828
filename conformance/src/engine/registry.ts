import { cases } from "../cases/index.js";
import { mutants } from "../mutants/index.js";
import type { CaseDefinition, MutantDefinition } from "./case.js";

export const allCases: readonly CaseDefinition[] = cases;
export const allMutants: readonly MutantDefinition[] = mutants;

/** What is wrong with the definitions themselves; a suite with such faults proves less than it seems to. */
export function registryFaults(
  definitions: readonly CaseDefinition[] = cases,
  broken: readonly MutantDefinition[] = mutants,
): string[] {
  const faults: string[] = [];
  const ids = new Set<string>();
  for (const { id, rules, how, title, run } of definitions) {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) faults.push(`case ${id}: the id is not a slug`);
    if (ids.has(id)) faults.push(`case ${id}: the id is taken twice`);
    ids.add(id);
    if (rules.length === 0) faults.push(`case ${id}: cites no rule`);
    if (how.trim() === "" || title.trim() === "") faults.push(`case ${id}: says nothing of itself`);
    if (typeof run !== "function") faults.push(`case ${id}: cannot be run`);
  }
  const names = new Set<string>();
  for (const { name, case: id, patches } of broken) {
    if (names.has(name)) faults.push(`mutant ${name}: the name is taken twice`);
    names.add(name);
    if (!ids.has(id)) faults.push(`mutant ${name}: there is no case ${id}`);
    if (patches.length === 0) faults.push(`mutant ${name}: changes nothing`);
  }
  return faults;
}
