import type { CaseDefinition } from "../../engine/case.js";
import { soakMixed } from "./soak-mixed.js";

/** Everything at once. */
export const soakMixedCases: readonly CaseDefinition[] = [soakMixed];
