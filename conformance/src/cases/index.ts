import type { CaseDefinition } from "../engine/case.js";
import { adoptCases } from "./adopt/index.js";
import { containersUnderStress } from "./container/containers-under-stress.js";
import { guardsAcrossContainers } from "./container/guards-across-containers.js";
import { hiddenProcesses } from "./container/hidden-processes.js";
import { killedInAContainer } from "./container/killed-in-a-container.js";
import { namespaceWithoutProc } from "./container/namespace-without-proc.js";
import { noSignOfLife } from "./container/no-sign-of-life.js";
import { overlayMounts } from "./container/overlay-mounts.js";
import { restartSamePid } from "./container/restart-same-pid.js";
import { sameHostname } from "./container/same-hostname.js";
import { timeNamespace } from "./container/time-namespace.js";
import { trustPids } from "./container/trust-pids.js";
import { twoLivePid1 } from "./container/two-live-pid1.js";
import { twoLivePid1WithOpenclaw } from "./container/two-live-pid1-with-openclaw.js";
import { userNamespace } from "./container/user-namespace.js";
import { witnessAndUsers } from "./container/witness-and-users.js";
import { witnessBacklog } from "./container/witness-backlog.js";
import { witnessFates } from "./container/witness-fates.js";
import { witnessInACluster } from "./container/witness-in-a-cluster.js";
import { witnessInherited } from "./container/witness-inherited.js";
import { witnessLongPath } from "./container/witness-long-path.js";
import { witnessOrder } from "./container/witness-order.js";
import { witnessPolicy } from "./container/witness-policy.js";
import { witnessShared } from "./container/witness-shared.js";
import { witnessSweep } from "./container/witness-sweep.js";
import { badNumbers } from "./core/bad-numbers.js";
import { badPaths } from "./core/bad-paths.js";
import { descriptorKept } from "./core/descriptor-kept.js";
import { errorEscapes } from "./core/error-escapes.js";
import { exclusiveBasic } from "./core/exclusive-basic.js";
import { exclusiveUnderKill } from "./core/exclusive-under-kill.js";
import { exclusiveWithOpenclaw } from "./core/exclusive-with-openclaw.js";
import { freshDirectoryMode } from "./core/fresh-directory-mode.js";
import { heartbeat } from "./core/heartbeat.js";
import { holderLetsOthersIn } from "./core/holder-lets-others-in.js";
import { lostLockDetected } from "./core/lost-lock-detected.js";
import { manyWaitersServed } from "./core/many-waiters-served.js";
import { nestedSameTask } from "./core/nested-same-task.js";
import { noSpace } from "./core/no-space.js";
import { ownIdentityInNamespace } from "./core/own-identity-in-namespace.js";
import { pathSpellings } from "./core/path-spellings.js";
import { payloadCompatible } from "./core/payload-compatible.js";
import { permission } from "./core/permission.js";
import { releaseIdempotent } from "./core/release-idempotent.js";
import { releaseNotMine } from "./core/release-not-mine.js";
import { releaseOnThrowCancel } from "./core/release-on-throw-cancel.js";
import { releaseRetry } from "./core/release-retry.js";
import { sweepCandidates } from "./core/sweep-candidates.js";
import { threadsExclude } from "./core/threads-exclude.js";
import { tryLockBusy } from "./core/try-lock-busy.js";
import { waitCancelled } from "./core/wait-cancelled.js";
import { waitThenAcquire } from "./core/wait-then-acquire.js";
import { waitTimeoutDetail } from "./core/wait-timeout-detail.js";
import { candidateFates } from "./faults/candidate-fates.js";
import { clockSteps } from "./faults/clock-steps.js";
import { guardReplaced } from "./faults/guard-replaced.js";
import { failingSystemCases } from "./faults/index.js";
import { judgedThenOvertaken } from "./faults/judged-then-overtaken.js";
import { killAtEveryPoint } from "./faults/kill-at-every-point.js";
import { killInAcquire } from "./faults/kill-in-acquire.js";
import { killInReclaim } from "./faults/kill-in-reclaim.js";
import { lookedThenReclaimed } from "./faults/looked-then-reclaimed.js";
import { noHardLinks } from "./faults/no-hard-links.js";
import { reclaimSettles } from "./faults/reclaim-settles.js";
import { reclaimerStopped } from "./faults/reclaimer-stopped.js";
import { releaseStopped } from "./faults/release-stopped.js";
import { repairRace } from "./faults/repair-race.js";
import { crossReclaim } from "./foreign/cross-reclaim.js";
import { foreignLockers } from "./foreign/foreign-lockers.js";
import { guardHonoured } from "./foreign/guard-honoured.js";
import { foreignCases } from "./foreign/index.js";
import { inspectTells } from "./foreign/inspect-tells.js";
import { judgedVerdicts } from "./foreign/judged-verdicts.js";
import { notAFile } from "./foreign/not-a-file.js";
import { observedVerdicts } from "./foreign/observed-verdicts.js";
import { oversized } from "./foreign/oversized.js";
import { ownerless } from "./foreign/ownerless.js";
import { payloadVerdicts } from "./foreign/payload-verdicts.js";
import { reclaimRaceG2 } from "./foreign/reclaim-race-g2.js";
import { zeroByte } from "./foreign/zero-byte.js";
import { openclawCases } from "./openclaw/index.js";
import { processCases } from "./process/index.js";
import { refreshCases } from "./refresh/index.js";
import { soak } from "./soak/soak.js";
import { soakMixedCases } from "./soak-mixed/index.js";
import { commWithParens } from "./staleness/comm-with-parens.js";
import { deadOwner } from "./staleness/dead-owner.js";
import { futureDates } from "./staleness/future-dates.js";
import { futureProtocol } from "./staleness/future-protocol.js";
import { handoverStorm } from "./staleness/handover-storm.js";
import { invisibleOwner } from "./staleness/invisible-owner.js";
import { oldLiveOwner } from "./staleness/old-live-owner.js";
import { otherUserOwner } from "./staleness/other-user-owner.js";
import { reclaimRace } from "./staleness/reclaim-race.js";
import { recycledPid } from "./staleness/recycled-pid.js";
import { recycledPidNoStarttime } from "./staleness/recycled-pid-no-starttime.js";
import { seedPid1 } from "./staleness/seed-pid-1.js";
import { staleReported } from "./staleness/stale-reported.js";
import { stoppedOwner } from "./staleness/stopped-owner.js";
import { zombieOwner } from "./staleness/zombie-owner.js";
import { storeCases } from "./store/index.js";

/** Every case of the suite, in the order in which it runs. */
export const cases: readonly CaseDefinition[] = [
  exclusiveBasic,
  exclusiveWithOpenclaw,
  exclusiveUnderKill,
  tryLockBusy,
  waitThenAcquire,
  waitTimeoutDetail,
  waitCancelled,
  manyWaitersServed,
  holderLetsOthersIn,
  nestedSameTask,
  threadsExclude,
  releaseOnThrowCancel,
  releaseIdempotent,
  releaseNotMine,
  releaseRetry,
  lostLockDetected,
  heartbeat,
  descriptorKept,
  payloadCompatible,
  ownIdentityInNamespace,
  pathSpellings,
  freshDirectoryMode,
  sweepCandidates,
  badNumbers,
  badPaths,
  permission,
  noSpace,
  errorEscapes,
  deadOwner,
  zombieOwner,
  otherUserOwner,
  stoppedOwner,
  oldLiveOwner,
  recycledPid,
  recycledPidNoStarttime,
  commWithParens,
  futureDates,
  futureProtocol,
  staleReported,
  seedPid1,
  invisibleOwner,
  handoverStorm,
  reclaimRace,
  payloadVerdicts,
  observedVerdicts,
  judgedVerdicts,
  inspectTells,
  zeroByte,
  notAFile,
  oversized,
  foreignLockers,
  ownerless,
  guardHonoured,
  crossReclaim,
  reclaimRaceG2,
  ...foreignCases,
  ...processCases,
  candidateFates,
  noHardLinks,
  releaseStopped,
  judgedThenOvertaken,
  lookedThenReclaimed,
  reclaimerStopped,
  guardReplaced,
  reclaimSettles,
  clockSteps,
  repairRace,
  killAtEveryPoint,
  killInAcquire,
  killInReclaim,
  ...failingSystemCases,
  twoLivePid1,
  twoLivePid1WithOpenclaw,
  killedInAContainer,
  restartSamePid,
  guardsAcrossContainers,
  sameHostname,
  hiddenProcesses,
  namespaceWithoutProc,
  timeNamespace,
  userNamespace,
  overlayMounts,
  noSignOfLife,
  trustPids,
  witnessPolicy,
  witnessFates,
  witnessBacklog,
  witnessOrder,
  witnessShared,
  witnessAndUsers,
  witnessLongPath,
  witnessInherited,
  witnessInACluster,
  witnessSweep,
  containersUnderStress,
  soak,
  ...soakMixedCases,
  ...adoptCases,
  ...storeCases,
  ...refreshCases,
  ...openclawCases,
];
