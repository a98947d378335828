import { POLL_MAX_MS } from "./generated/constants.js";
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
    if (!finding || subject.isWatched || !mayTurnSilent(finding, policy)) return finding;
    yield POLL_MAX_MS;
  }
}

/** A look for whoever shows all evidence: the witness is asked also where the verdict did not need it. */
export function* inspectSteps(subject: Subject, policy: Policy, isWatched: boolean): Steps<Finding | undefined> {
  const finding = yield* isWatched ? watchSteps(subject, policy) : lookSteps(subject);
  if (finding?.evidence.witness !== "unknown" || !finding.question) return finding;
  yield finding.question;
  return yield* lookSteps(subject);
}

/** Whether the verdict would be another if the lock were seen to be silent. */
export function mayTurnSilent(finding: Finding, policy: Policy): boolean {
  const silent = Object.create(finding.evidence, { silentMs: { value: finding.quietMs() } });
  return judge(silent, policy).verdict !== finding.judgement.verdict;
}
