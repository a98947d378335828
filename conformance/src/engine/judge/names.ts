import { readdirSync } from "node:fs";
import { basename, join } from "node:path";

export type LockFileKind =
  | "lock"
  | "guard"
  | "marker"
  | "candidate"
  | "witness"
  /** A witness that does not have its final name yet. */
  | "unfinished-witness"
  /** Which generation of a credential is being spent (REFRESH-4). */
  | "intent"
  /** A store's replacement before the rename (STORE-7). */
  | "unfinished-store"
  | "stranger";

/** Which of the contract's names a file beside a lock has, PATH-5; undefined for a file that is none of its business. */
export function kindOf(path: string): LockFileKind | undefined {
  const name = basename(path);
  if (/^\.openclaw-lock-[0-9a-f]{32}\.tmp$/.test(name)) return "candidate";
  if (/^\.openclaw-lock-[0-9a-f]{16}\.sock$/.test(name)) return "witness";
  if (/^\.openclaw-lock-[0-9a-f]{16}\.tmp$/.test(name)) return "unfinished-witness";
  const intent = /^\.openclaw-refresh-[0-9a-f]{32}\.json(.*)$/.exec(name)?.[1];
  if (intent !== undefined) return intent === "" ? "intent" : guardKind(intent);
  if (/^\.openclaw-store-[0-9a-f]{32}\.tmp$/.test(name)) return "unfinished-store";
  if (/^\.openclaw-(lock|refresh|store)-/.test(name)) return "stranger";
  const rest = /\.lock(.*)$/.exec(name)?.[1];
  if (rest === undefined) return undefined;
  return rest === "" ? "lock" : guardKind(rest);
}

/** What stands behind the name of a lock or an intent. */
function guardKind(rest: string): LockFileKind {
  if (rest === ".reclaim") return "guard";
  return /^\.reclaim\.[0-9a-f]{16}$/.test(rest) ? "marker" : "stranger";
}

export const isWitness = (kind: LockFileKind): boolean => kind === "witness" || kind === "unfinished-witness";

/** All files of the contract below a folder, and those whose names only begin like them. */
export function findLockFiles(folder: string): { path: string; kind: LockFileKind }[] {
  const found: { path: string; kind: LockFileKind }[] = [];
  const visit = (directory: string): void => {
    let entries: ReturnType<typeof list>;
    try {
      entries = list(directory);
    } catch {
      return;
    }
    for (const entry of entries) {
      const path = join(directory, entry.name);
      const kind = kindOf(path);
      if (kind !== undefined) found.push({ path, kind });
      else if (entry.isDirectory()) visit(path);
    }
  };
  visit(folder);
  return found;
}

const list = (directory: string) => readdirSync(directory, { withFileTypes: true });
