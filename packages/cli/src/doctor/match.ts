import { basename } from "node:path";
import type { Entry } from "../judge/entry.js";

const TAIL = /(?:^|[\\/])(locks[\\/].+|agents[\\/][^\\/]+[\\/]agent[\\/].+|openclaw\.json(?:\.lock)?)$/;
/** Somebody has left something out. */
export const ELIDED = /\.\.\.|…|<[^>]*>/;

/**
 * The lock here that a path in a log means. The log may be of a container, where the same directory has another path, or
 * shortened by whoever has sent it.
 */
export function lockMeantBy(path: string, entries: readonly Entry[]): Entry | undefined {
  const lock = path.endsWith(".lock") ? path : `${path}.lock`;
  const locks = entries.filter(({ kind }) => kind === "lock" || kind === "guard");
  const lockPathOf = ({ kind, path: at, belongsTo }: Entry) => (kind === "guard" ? (belongsTo ?? at) : at);
  const exact = locks.find((entry) => lockPathOf(entry) === lock);
  if (exact) return exact;
  const tail = TAIL.exec(lock)?.[1]?.replaceAll("\\", "/");
  if (ELIDED.test(lock)) {
    const name = new RegExp(`^${basename(lock).split(ELIDED).map(literally).join(".*")}$`);
    const same = locks.filter((entry) => name.test(basename(lockPathOf(entry))));
    return same.length === 1 ? same[0] : undefined;
  }
  return tail === undefined
    ? undefined
    : locks.find((entry) => lockPathOf(entry).replaceAll("\\", "/").endsWith(`/${tail}`));
}

/** Whether a path in a log is one of a refresh lock. */
export function isRefreshLock(path: string): boolean {
  return /[\\/]oauth-refresh(?:[\\/]|$)/.test(path);
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
