import type { MutantDefinition } from "../engine/case.js";

export const mutants: readonly MutantDefinition[] = [];
