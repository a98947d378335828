import type { CaseDefinition } from "../../engine/case.js";
import { foreignVerdicts } from "./foreign-verdicts.js";
import { lockerCases } from "./lockers.js";

/** What others put where a lock should be. */
export const foreignCases: readonly CaseDefinition[] = [foreignVerdicts, ...lockerCases];
