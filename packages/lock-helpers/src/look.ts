import { POLL_MAX_MS, SILENCE_WATCH_MS } from "./generated/constants.js";
import type { Finding, Subject } from "./subject.js";
import { judge, type Policy } from "./verdict.js";
import type { Steps } from "./wait.js";

/** One look at a lock, its witness asked; undefined: nothing is there. Throws when it may not be read. */
export function* lookSteps(subject: Subject): Steps<Finding | undefined> {
  for (;;) {
    const finding = subject.look();
    if (!finding?.question) return finding;
    yield finding.question;
  }
}

/** As `lookSteps`, and watches the lock for as long as its silence has to be seen, where that could change the verdict. */
export function* watchSteps(subject: Subject, policy: Policy): Steps<Finding | undefined> {
  for (;;) {
    const finding = yield* lookSteps(subject);
    if (!finding || subject.watchedMs >= SILENCE_WATCH_MS || !mayTurnSilent(finding, policy)) return finding;
    yield POLL_MAX_MS;
  }
}

function mayTurnSilent(finding: Finding, policy: Policy): boolean {
  const silent = Object.create(finding.evidence, { silentMs: { value: finding.quietMs() } });
  return judge(silent, policy).verdict !== finding.judgement.verdict;
}
