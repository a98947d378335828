import type { CaseDefinition } from "../engine/case.js";

/** Every case of the suite, in the order in which it runs. */
export const cases: readonly CaseDefinition[] = [];
