import type { CaseDefinition } from "../../engine/case.js";
import { cacheRefuses } from "./cache-refuses.js";
import { fences } from "./fences.js";
import { onePostWithOpenclaw } from "./one-post-with-openclaw.js";
import { openclawJson } from "./openclaw-json.js";
import { openclawSqlite } from "./openclaw-sqlite.js";
import { stateVerdicts } from "./state-verdicts.js";
import { waitForFresh } from "./wait-for-fresh.js";

export const openclawCases: readonly CaseDefinition[] = [
  stateVerdicts,
  onePostWithOpenclaw,
  openclawJson,
  openclawSqlite,
  fences,
  waitForFresh,
  cacheRefuses,
];
