import { isObject, own } from "./text.js";

const PREFIX = "openclaw-oauth-refresh-fence:v1:";

/**
 * What OpenClaw (2026.9.5 on) has put in the place of tokens: `pending` while it refreshes, or when it was killed at that;
 * `failed` when that failed (STATE-6). Undefined: tokens.
 */
export function fenceOf(credential: unknown): "pending" | "failed" | undefined {
  if (!isObject(credential)) return undefined;
  const fences = (["access", "refresh"] as const).flatMap((key) => {
    const value = own(credential, key);
    return typeof value === "string" && value.startsWith(PREFIX) ? [{ key, claim: value.slice(PREFIX.length) }] : [];
  });
  if (fences.length === 0) return undefined;
  const hasFailed = fences.every(({ key, claim }) =>
    new RegExp(`^[0-9a-f]{32}:failed:${key}:[0-9a-f]{64}$`).test(claim),
  );
  return hasFailed ? "failed" : "pending";
}
