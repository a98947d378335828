import type { CaseDefinition } from "../../engine/case.js";
import { childCases } from "./children.js";
import { signalExit } from "./signal-exit.js";
import { signalInAFlight } from "./signal-in-a-flight.js";

/** What becomes of a process's locks when it is signalled, and what its children have to do with them. */
export const processCases: readonly CaseDefinition[] = [signalExit, signalInAFlight, ...childCases];
