import type { CaseDefinition } from "../../engine/case.js";
import { storeChangedMeanwhile } from "./store-changed-meanwhile.js";
import { storeEdits } from "./store-edits.js";
import { storeErrorsTellNothing } from "./store-errors-tell-nothing.js";
import { storeFull } from "./store-full.js";
import { storeKilled } from "./store-killed.js";
import { storeKinds } from "./store-kinds.js";
import { storeNotLocked } from "./store-not-locked.js";
import { storePermission } from "./store-permission.js";
import { storeReplacedWhole } from "./store-replaced-whole.js";
import { storeTorn } from "./store-torn.js";
import { storeUnsupported } from "./store-unsupported.js";

export const storeCases: readonly CaseDefinition[] = [
  storeKinds,
  storeEdits,
  storeTorn,
  storeReplacedWhole,
  storeChangedMeanwhile,
  storeNotLocked,
  storeUnsupported,
  storePermission,
  storeFull,
  storeKilled,
  storeErrorsTellNothing,
];
