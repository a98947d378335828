import type { Patch } from "../engine/case.js";

/** One decision that several mutants share, each in front of another case. */

const SIDECAR = "src/sidecar.ts";
const VERDICT = "src/verdict.ts";

/** `rename` replaces what is at the lock path; `link` never does. */
export const RENAMES_OVER_THE_LOCK: readonly Patch[] = [
  { file: SIDECAR, find: "fstatSync, linkSync, lstatSync", replace: "fstatSync, lstatSync, renameSync" },
  { file: SIDECAR, find: "linkSync(from, to);", replace: "renameSync(from, to);" },
];

const BEFORE_ALL_EVIDENCE_OF_LIFE = '[(e) => e.descriptor === "open", "held", "descriptor-open", "C"],';

const ageRow = (when: string): readonly Patch[] => [
  {
    file: VERDICT,
    find: BEFORE_ALL_EVIDENCE_OF_LIFE,
    replace: `[(e, staleMs) => ${when}, "stale", "expired", "C"],\n  ${BEFORE_ALL_EVIDENCE_OF_LIFE}`,
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
    find: 'isUnidentified(e) && e.descriptor === "absent" && e.quietMs >= staleMs,',
    replace: "isUnidentified(e) && staleMs < 0,",
  },
];

/** A release that unlinks whatever is at the path. */
export const RELEASES_BY_NAME: Patch = {
  file: "src/held.ts",
  find: 'if (compare(path, bytes) !== "ours") throw this.#endLost();',
  replace: "void bytes;",
};

/** A guard that looks old is broken, whoever owns it. */
export const GUARDS_EXPIRE: readonly Patch[] = [
  {
    file: "src/guard.ts",
    find: 'return finding.judgement.verdict === "stale" && finding.judgement.conclusive;',
    replace: "return finding.quietMs() >= 30_000;",
  },
];
