/** Which row of the table in spec/verdict.md has a reason. */
const ROWS: Readonly<Record<string, number>> = {
  "not-regular": 1,
  oversized: 2,
  "empty-kernel-locked": 3,
  "empty-young": 4,
  "empty-abandoned": 5,
  empty: 6,
  "garbage-young": 7,
  garbage: 8,
  "no-owner": 9,
  "ownerless-expired": 10,
  "ownerless-young": 11,
  "descriptor-open": 12,
  "start-time-equal": 13,
  "process-gone": 14,
  "process-zombie": 15,
  "pid-is-a-thread": 16,
  "start-time-differs": 17,
  "found-in-namespace": 18,
  "witness-answers": 19,
  "witness-refused": 20,
  "witness-inherited": 21,
  "looks-dead": 22,
  "nobody-in-any-namespace": 24,
  "pids-trusted": 25,
  "no-sign-of-life": 26,
  "other-domain": 27,
  "looks-dead-unproven": 28,
  "descriptor-absent": 29,
  "identity-young": 30,
  "identity-unknown": 31,
  "start-time-unreadable": 32,
  "process-unknown": 33,
};

/** The row that has decided; undefined: one of a later version. */
export function rowOf(reason: string, isConclusive: boolean): number | undefined {
  // The one reason of two rows: proven where the boot is known to be the same.
  if (reason === "nobody-in-any-namespace" && isConclusive) return 23;
  return Object.hasOwn(ROWS, reason) ? ROWS[reason] : undefined;
}
