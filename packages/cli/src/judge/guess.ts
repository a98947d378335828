import type { Inspection } from "@openclaw/lock-helpers/tools";

/** Found by its number alone (VERDICT-8): held in doubt. */
export function isGuess({ reason, evidence }: Inspection): boolean {
  return reason === "found-in-namespace" && evidence?.start === "unrecorded" && evidence.descriptor !== "open";
}
