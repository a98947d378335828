import type { Patch } from "../engine/case.js";

/** One decision that several mutants share, each in front of another case. */

const SIDECAR = "src/sidecar.ts";
const VERDICT = "src/verdict.ts";

/** `rename` replaces what is at the lock path; `link` never does. */
export const RENAMES_OVER_THE_LOCK: readonly Patch[] = [
  { file: SIDECAR, find: "ftruncateSync, linkSync, lstatSync", replace: "ftruncateSync, lstatSync, renameSync" },
  { file: SIDECAR, find: "linkSync(from, to);", replace: "renameSync(from, to);" },
];

const BEFORE_ALL_EVIDENCE_OF_LIFE = '[(e) => e.descriptor === "open", "held", "descriptor-open", "C"],';

const ageRow = (when: string): readonly Patch[] => [
  {
    file: VERDICT,
    find: BEFORE_ALL_EVIDENCE_OF_LIFE,
    replace: `[(e, { staleMs }) => ${when}, "stale", "expired", "C"],\n  ${BEFORE_ALL_EVIDENCE_OF_LIFE}`,
  },
];

/** Whoever has not touched the lock for `staleMs` counts as dead. */
export const SILENCE_IS_DEATH = ageRow("e.quietMs >= staleMs");

/** Whoever took the lock longer than `staleMs` ago counts as dead. */
export const AGE_IS_DEATH = ageRow('e.createdAt === "past" && e.createdAtAgeMs >= staleMs');

/** The row of the locks that name nobody else's start time is gone: their pid is enough. */
export const ABSENT_DESCRIPTOR_TELLS_NOTHING: readonly Patch[] = [
  {
    file: VERDICT,
    find: 'isUnidentified(e) && e.descriptor === "absent" && isQuiet(e, policy),',
    replace: "isUnidentified(e) && policy.staleMs < 0,",
  },
];

/** A release that unlinks whatever is at the path. */
export const RELEASES_BY_NAME: Patch = {
  file: "src/held.ts",
  find: 'if (compare(path, bytes) !== "ours") throw this.#endLost();',
  replace: "void bytes;",
};

/** Whether a guard or marker may be broken. */
export const MAY_BREAK =
  'return finding.judgement.verdict === "stale" && finding.judgement.conclusive && !finding.question;';

/** A guard that looks old is broken, whoever owns it. */
export const GUARDS_EXPIRE: readonly Patch[] = [
  {
    file: "src/guard.ts",
    find: MAY_BREAK,
    replace: "return finding.quietMs() >= 30_000;",
  },
];

/** A pid is looked up in the own namespace, wherever it was written. */
export const ONE_NAMESPACE_FOR_ALL: readonly Patch[] = [
  {
    file: "src/observe.ts",
    find: 'domain: () => (owner ? compareDomain(owner, system) : "unknown"),',
    replace: 'domain: () => (owner && compareDomain(owner, system) ? "same" : "unknown"),',
  },
];

/** What a witness that refuses says is not heard. */
export const REFUSAL_SAYS_NOTHING: readonly Patch[] = [
  {
    file: VERDICT,
    find: 'e.witness === "refused" && e.boot === "equal" && e.mount === "equal"',
    replace: 'e.witness === "refused" && e.object === "socket"',
  },
];

/** Others never use the directory, whoever the caller is. */
export const ALWAYS_TRUSTS_PIDS: readonly Patch[] = [
  {
    file: "src/options.ts",
    find: 'flag("trustPids", given.trustPids) ?? trustFromEnvironment()',
    replace: 'flag("trustPids", given.trustPids ?? true) ?? trustFromEnvironment()',
  },
];

/** Silence speaks for death in another container too, and against a witness that answers. */
export const SILENCE_BEATS_LIFE: readonly Patch[] = [
  {
    file: VERDICT,
    find: '[(e) => e.witness === "answers", "held"',
    replace: '[(e, policy) => e.witness === "answers" && !isSilent(e, policy), "held"',
  },
  {
    file: VERDICT,
    find: 'return e.boot === "differs" || e.witness === "refused"',
    replace: 'return isElsewhere(e) || e.boot === "differs" || e.witness === "refused"',
  },
];

/** The intent of a dead process keeps nobody from sending its token again, whatever the caller has said. */
export const RESENDS_BY_ITSELF: readonly Patch[] = [
  {
    file: "src/oauth/call.ts",
    find: 'return this.#plan.mayResend && (seen.isDead || seen.state === "unknown") ? "resend" : "refused";',
    replace: 'return seen.isDead || seen.state === "unknown" ? "resend" : "refused";',
  },
];

/** What was decided before the wait is done after it: neither in the wait nor under the locks is the store looked at. */
export const NO_SECOND_LOOK: readonly Patch[] = [
  { file: "src/oauth/call.ts", find: 'if (this.#isFresh(now)) return resultOf("adopted", now);', replace: "" },
  {
    file: "src/oauth/call.ts",
    find: "return this.#isFresh(credential) ? credential : undefined;",
    replace: "return undefined;",
  },
];
