import { digitsOfName, isCandidateName, isLockName, isUnfinishedWitnessName } from "./paths.js";
import { isWitnessName } from "./payload.js";

/** What a name in a directory is to this contract (PATH-5). */
export type NameKind = "lock" | "guard" | "marker" | "candidate" | "witness" | "witness-temporary";

/** Says what a bare file name is; undefined: nothing of this contract. Any name that ends in `.lock` is that of a lock. */
export function classifyName(name: string): NameKind | undefined {
  if (isCandidateName(name)) return "candidate";
  if (isWitnessName(name)) return "witness";
  if (isUnfinishedWitnessName(name)) return "witness-temporary";
  const digits = digitsOfName(name);
  if (digits !== undefined) return digits === "" ? "guard" : "marker";
  return isLockName(name) ? "lock" : undefined;
}
