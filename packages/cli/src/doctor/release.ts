import { closeSync, existsSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "./stores.js";

/** Which OpenClaw is looked at, and how that is known. */
export interface Release {
  /** `2026.5.19`; undefined: only what `range` says. */
  readonly version?: string;
  /** What can be concluded where nobody says it. */
  readonly range?: string;
  readonly from: string;
}

export function releaseOf(stateDir: string, logged: string | undefined, stores: readonly Store[]): Release {
  if (logged !== undefined) return { version: logged, from: "the log" };
  const touched = lastTouched(join(stateDir, "openclaw.json"));
  if (touched !== undefined) return { version: touched, from: "openclaw.json" };
  if (existsSync(join(stateDir, "state", "openclaw.sqlite")))
    return { range: "2026.6.1 or newer", from: "its databases" };
  const names = refreshLocks(stateDir);
  if (names.some((name) => name.startsWith("lock-")))
    return { range: "2026.6.6 or newer", from: "a refresh lock's name" };
  if (stores.some(({ kind }) => kind === "sqlite")) return { range: "2026.6.5 or newer", from: "its databases" };
  if (names.some((name) => name.startsWith("sha256-")))
    return { range: "2026.4.20 to 6.5", from: "a refresh lock's name" };
  if (stores.some(({ kind }) => kind === "json")) return { range: "up to 2026.6.1", from: "auth-profiles.json" };
  return { from: "nothing that says it" };
}

/** Whether it is this release or a later one; undefined: unknown. */
export function isAtLeast({ version }: Release, wanted: string): boolean | undefined {
  if (version === undefined) return undefined;
  const [mine, theirs] = [version, wanted].map((text) => text.split(".").map(Number));
  for (let at = 0; at < 3; at++) {
    const difference = (mine![at] ?? 0) - (theirs![at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

const MOST_BYTES = 1 << 20;

// The file is JSON with comments and more: one key of it can be found without reading all that.
function lastTouched(path: string): string | undefined {
  try {
    const fd = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(MOST_BYTES);
      const text = bytes.subarray(0, readSync(fd, bytes, 0, MOST_BYTES, 0)).toString("utf8");
      return /["']?lastTouchedVersion["']?\s*:\s*["'](20\d\d\.\d{1,2}\.\d{1,3})/.exec(text)?.[1];
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

function refreshLocks(stateDir: string): string[] {
  try {
    return readdirSync(join(stateDir, "locks", "oauth-refresh"));
  } catch {
    return [];
  }
}
