import type { CaseDefinition } from "../../engine/case.js";
import { errorsInjected } from "./errors-injected.js";

/** What a failing system makes of a lock. */
export const failingSystemCases: readonly CaseDefinition[] = [errorsInjected];
