import { utimesSync } from "node:fs";

/** How long a contender watches a lock before its silence counts (VERDICT-12). */
export const WATCH_MS = 2_000;

/** Long enough for silence to count, if it counted. */
export const BEYOND_WATCH = { staleMs: 100, timeoutMs: WATCH_MS + 1_000 };

export const HOUR_AGO = (): Date => new Date(Date.now() - 3_600_000);

/** Makes a file look untouched for an hour; a negative age dates it in the future. */
export function age(path: string, ms = 3_600_000): void {
  const then = new Date(Date.now() - ms);
  utimesSync(path, then, then);
}

export function touch(path: string): void {
  const now = new Date();
  utimesSync(path, now, now);
}
