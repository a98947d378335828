import type { CaseDefinition } from "../../engine/case.js";
import { errorsInjected } from "./errors-injected.js";
import { hungFileSystem } from "./hung-file-system.js";
import { killedAtAnyCall } from "./killed-at-any-call.js";
import { realLimits } from "./real-limits.js";
import { savingUnderErrors } from "./saving-under-errors.js";

/** What a failing system makes of a lock. */
export const failingSystemCases: readonly CaseDefinition[] = [
  errorsInjected,
  killedAtAnyCall,
  savingUnderErrors,
  realLimits,
  hungFileSystem,
];
