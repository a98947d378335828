import type { InspectionSession } from "@openclaw/lock-helpers/tools";
import type { KernelLocks } from "./kernel-locks.js";

/** By what rules locks are judged; what is not given follows the place. */
export interface Policy {
  readonly staleMs?: number | undefined;
  readonly trustPids?: boolean | undefined;
  /** Watch for two seconds what could turn out to be silent, as a sweep does (VERDICT-12). */
  readonly watch?: boolean | undefined;
  /** What the looks of one run share, so that thousands of them do not search all processes again and again. */
  readonly session?: InspectionSession | undefined;
  /** Given: kernel locks are looked for too. */
  readonly kernelLocks?: KernelLocks | undefined;
}

const STALE_MS = 30_000;
// OpenClaw holds these while it talks to a provider, for up to two minutes (spec/constants.json, `refreshStaleMs`).
const REFRESH_STALE_MS = 180_000;
const REFRESH = /(?:^|\/)locks\/(?:oauth-refresh|provider-auth-persistence)$/;

export function staleMsIn(directory: string, policy: Policy): number {
  return policy.staleMs ?? (REFRESH.test(directory.replaceAll("\\", "/")) ? REFRESH_STALE_MS : STALE_MS);
}
