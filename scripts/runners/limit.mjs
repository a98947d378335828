/** A suite that hangs is killed after this long, and has failed; no suite takes a tenth of it. */
export const SUITE_LIMIT_MS = 10 * 60_000;
