import type { CaseDefinition } from "../../engine/case.js";
import { abandonedRefresh } from "./abandoned-refresh.js";
import { adoptedByRefresh } from "./adopted-by-refresh.js";
import { contentionNeverRefreshes } from "./contention-never-refreshes.js";
import { intentOfALivingMaker } from "./intent-of-a-living-maker.js";
import { loserKeepsToken } from "./loser-keeps-token.js";
import { noSecretAnywhere } from "./no-secret-anywhere.js";
import { notSaved } from "./not-saved.js";
import { notSent } from "./not-sent.js";
import { onePostTwenty } from "./one-post-twenty.js";
import { outcomeUnknown } from "./outcome-unknown.js";
import { refreshCallLimit } from "./refresh-call-limit.js";
import { refreshKilled } from "./refresh-killed.js";
import { refreshStopped } from "./refresh-stopped.js";
import { refreshUnavailable } from "./refresh-unavailable.js";
import { refreshUnderKill } from "./refresh-under-kill.js";
import { refreshVerdicts } from "./refresh-verdicts.js";
import { rejectedIsFinal } from "./rejected-is-final.js";
import { resendIfDead } from "./resend-if-dead.js";
import { saveFails } from "./save-fails.js";
import { savedAsAnswered } from "./saved-as-answered.js";
import { scopeAndOrder } from "./scope-and-order.js";
import { seedReproducer } from "./seed-reproducer.js";
import { shortLivedTokens } from "./short-lived-tokens.js";
import { signalsAndRefresh } from "./signals-and-refresh.js";
import { whatCameLater } from "./what-came-later.js";

export const refreshCases: readonly CaseDefinition[] = [
  refreshVerdicts,
  onePostTwenty,
  shortLivedTokens,
  adoptedByRefresh,
  refreshUnderKill,
  refreshKilled,
  refreshStopped,
  abandonedRefresh,
  signalsAndRefresh,
  refreshCallLimit,
  saveFails,
  notSaved,
  whatCameLater,
  savedAsAnswered,
  loserKeepsToken,
  rejectedIsFinal,
  notSent,
  outcomeUnknown,
  resendIfDead,
  intentOfALivingMaker,
  contentionNeverRefreshes,
  scopeAndOrder,
  refreshUnavailable,
  seedReproducer,
  noSecretAnywhere,
];
