import type { CaseDefinition } from "../../engine/case.js";
import { flockReported } from "./flock-reported.js";
import { foreignInUse, foreignUnseen } from "./foreign-in-use.js";
import { foreignKept } from "./foreign-kept.js";
import { foreignRemoved } from "./foreign-removed.js";
import { foreignChanged, foreignRemovalRace, foreignRemoverKilled } from "./foreign-removers.js";
import { foreignVerdicts } from "./foreign-verdicts.js";
import { hardlinkedLock } from "./hardlinked-lock.js";
import { lockerCases } from "./lockers.js";

/** What others put where a lock should be. */
export const foreignCases: readonly CaseDefinition[] = [
  foreignVerdicts,
  hardlinkedLock,
  ...lockerCases,
  flockReported,
  foreignKept,
  foreignRemoved,
  foreignInUse,
  foreignUnseen,
  foreignRemovalRace,
  foreignRemoverKilled,
  foreignChanged,
];
