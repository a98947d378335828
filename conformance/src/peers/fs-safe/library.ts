import type { RuleVariant } from "./stale-rule.js";

/** What is used of `@openclaw/fs-safe/file-lock`; the same in every version that is run here. */
export interface FileLockLibrary {
  acquireFileLock(target: string, options: Record<string, unknown>): Promise<FileLockHandle>;
}

export interface FileLockHandle {
  readonly lockPath: string;
  release(): Promise<void>;
  /** From 0.5.0. */
  verifyStillHeld?(): Promise<boolean>;
}

/** How OpenClaw calls the library: one entry for each release that it shipped with. */
export interface Integration {
  readonly rule: RuleVariant;
  /** Up to 2026.7.35 OpenClaw lets any caller of the process into a lock that the process holds. */
  readonly allowReentrant: boolean;
}

const G2: Integration = { rule: { integerPidOnly: false, zombieCountsThreads: false }, allowReentrant: true };
const G3: Integration = { rule: { integerPidOnly: true, zombieCountsThreads: true }, allowReentrant: false };

const INTEGRATIONS: Record<string, Integration> = { "0.4.1": G2, "0.18.1": G3, "0.21.0": G3 };

export async function load(version: string): Promise<{ library: FileLockLibrary; integration: Integration }> {
  const integration = INTEGRATIONS[version];
  if (integration === undefined) throw new Error(`no integration for fs-safe ${version}`);
  const library = (await import(`fs-safe-${version}/file-lock`)) as FileLockLibrary;
  return { library, integration };
}
