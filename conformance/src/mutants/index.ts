import type { MutantDefinition } from "../engine/case.js";
import { adopting } from "./adopt/waiting.js";
import { life } from "./container/life.js";
import { proc } from "./container/proc.js";
import { silence } from "./container/silence.js";
import { witness } from "./container/witness.js";
import { argumentsAndErrors } from "./core/arguments.js";
import { exclusion } from "./core/exclusion.js";
import { release } from "./core/release.js";
import { waiting } from "./core/waiting.js";
import { writing } from "./core/writing.js";
import { clock } from "./faults/clock.js";
import { failing } from "./faults/failing.js";
import { publishing } from "./faults/publishing.js";
import { reclaiming } from "./faults/reclaiming.js";
import { releaseStopped } from "./faults/release.js";
import { repairing } from "./faults/repairing.js";
import { guard } from "./foreign/guard.js";
import { foreignMutants } from "./foreign/index.js";
import { objects } from "./foreign/objects.js";
import { verdicts } from "./foreign/verdicts.js";
import { openclawState } from "./openclaw/state.js";
import { processMutants } from "./process/index.js";
import { flight } from "./refresh/flight.js";
import { refreshOutcomes } from "./refresh/outcomes.js";
import { refreshSaving } from "./refresh/saving.js";
import { singleFlight } from "./refresh/single-flight.js";
import { soakMixedMutants } from "./soak-mixed/failing.js";
import { age } from "./staleness/age.js";
import { owner } from "./staleness/owner.js";
import { reclaim } from "./staleness/reclaim.js";
import { storeReading } from "./store/reading.js";
import { storeReplacing } from "./store/replacing.js";

/** Every implementation that is broken on purpose, in the order in which they run. */
export const mutants: readonly MutantDefinition[] = [
  ...exclusion,
  ...waiting,
  ...release,
  ...writing,
  ...argumentsAndErrors,
  ...owner,
  ...age,
  ...reclaim,
  ...verdicts,
  ...objects,
  ...guard,
  ...foreignMutants,
  ...processMutants,
  ...publishing,
  ...releaseStopped,
  ...reclaiming,
  ...repairing,
  ...failing,
  ...life,
  ...silence,
  ...proc,
  ...witness,
  ...adopting,
  ...clock,
  ...storeReading,
  ...storeReplacing,
  ...singleFlight,
  ...flight,
  ...refreshSaving,
  ...refreshOutcomes,
  ...openclawState,
  ...soakMixedMutants,
];
