/** Kinds of foreign locks that may go once they are abandoned (`removable` in spec/foreign.json); the others never do. */
export const REPAIRABLE: ReadonlySet<string> = new Set([
  "proper-lockfile",
  "empty",
  "cross-process-lock",
  "filelock-lease",
  "filelock-soft",
  "pid-file",
  "openclaw-torn",
]);
