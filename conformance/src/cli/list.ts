import type { Profile } from "../engine/case.js";
import { allCases, allMutants } from "../engine/registry.js";
import { selectCases } from "../engine/select.js";

/** The cases, for people or for programs. */
export function list(flags: { json?: boolean; profile: Profile }): void {
  const { cases } = selectCases(allCases, [], flags.profile);
  if (flags.json === true) {
    const described = cases.map(({ run: _run, ...definition }) => ({
      ...definition,
      mutants: allMutants.filter((mutant) => mutant.case === definition.id).map(({ name }) => name),
    }));
    console.log(JSON.stringify(described, null, 2));
    return;
  }
  const width = Math.max(0, ...cases.map(({ id }) => id.length));
  for (const { id, level, profile, title } of cases)
    console.log(`${id.padEnd(width)}  ${level.padEnd(6)}  ${profile.padEnd(9)}  ${title}`);
  console.log(`${cases.length} cases, ${allMutants.length} mutants`);
}
