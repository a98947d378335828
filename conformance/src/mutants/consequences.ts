/** The case ends at the first refusal, before anybody has held. */
export const NOBODY_HELD = ["referee/nobody-acquired"];

/** A holder whose lock is gone learns it at its release, and the referee knows of no reason. */
export const LOCK_GONE = ["release-refused", "history/impossible"];

/** A lock that lives was taken over. */
export const TAKEN_OVER = ["referee/overlap", ...LOCK_GONE];

/** The same in a crowd that counts, whose other loops are cut short with the case. */
export const TWO_HOLDERS = [
  ...TAKEN_OVER,
  "loop-refused",
  "counter/duplicate",
  "counter/gap",
  "counter/total",
  ...NOBODY_HELD,
];
