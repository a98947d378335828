import { createHash } from "node:crypto";
import { join } from "node:path";
import { invalidOptionError } from "../messages.js";

/** Where the refresh locks of a state directory are, and the intents. */
export function refreshLockDir(stateDir: string): string {
  return join(stateDir, "locks", "oauth-refresh");
}

/**
 * The targets of both refresh locks of a profile, in the order in which they are taken (STATE-3): as OpenClaw 2026.4.20 to
 * 6.5 names it, and as 2026.6.6 on does. The two do not exclude each other.
 */
export function refreshLockTargets(stateDir: string, provider: string, profileId: string): readonly [string, string] {
  const name = typeof provider === "string" ? provider.trim() : "";
  const isProvider = name !== "" && !name.includes("\u03a3");
  if (!isProvider) throw invalidOptionError(stateDir, "provider must not be blank, nor have a capital sigma in it");
  if (typeof profileId !== "string") throw invalidOptionError(stateDir, "profileId must be a string");
  const directory = refreshLockDir(stateDir);
  const pair = [name.toLowerCase(), profileId] as const;
  return [join(directory, `sha256-${sha256(pair.join("\0"))}`), join(directory, `lock-${lanes(JSON.stringify(pair))}`)];
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

const MASK = 0xffff_ffff_ffff_ffffn;
const PRIME = 1_099_511_628_211n;

/** Two lanes of 64-bit FNV-1a. */
function lanes(text: string): string {
  let left = 14_695_981_039_346_656_037n;
  let right = 11_160_318_154_034_397_263n;
  for (const byte of Buffer.from(text, "utf8")) {
    left = ((left ^ BigInt(byte)) * PRIME) & MASK;
    right = ((right ^ (BigInt(byte) + 11_400_714_819_323_198_485n)) * PRIME) & MASK;
  }
  return [left, right].map((lane) => lane.toString(16).padStart(16, "0")).join("");
}
