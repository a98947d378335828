import type { Entry } from "../judge/entry.js";
import type { Step } from "./steps.js";

/** What a state allows, and what it forbids. */
export function consequenceOf({ kind, state }: Entry, isRemovable: boolean): Step {
  const isGuard = kind === "guard" || kind === "marker";
  switch (state) {
    case "held":
      return isGuard
        ? { text: "Nobody breaks a guard while its owner may live, however old it is.", rule: "RECLAIM-6" }
        : { text: "Nobody takes it, however old it is: age is no evidence against the living.", rule: "VERDICT-10" };
    case "being-written":
      return { text: "It is waited for, two seconds at most, and judged again.", rule: "VERDICT, row 4 and 7" };
    case "stale":
      return isGuard
        ? { text: "The next helper breaks it, or a sweep: its owner is proven dead.", rule: "RECLAIM-7" }
        : { text: "The next acquire takes its place, under the guard, or a sweep removes it.", rule: "RECLAIM-2" };
    case "foreign":
      return {
        text: "It is never removed without being asked, and then only if it is abandoned.",
        rule: "FOREIGN-5, FOREIGN-6",
      };
    case "orphaned":
      return { text: "It names no owner, and is never removed by itself.", rule: "RECLAIM-8" };
    case "in-use":
      return {
        text: "Somebody is most likely removing a dead lock under it; that takes milliseconds.",
        rule: "RECLAIM-1",
      };
    default:
      return isGuard && !isRemovable
        ? { text: "Presumed dead is not enough for a guard.", rule: "RECLAIM-6" }
        : { text: "It is treated as held: where there is doubt nothing is taken.", rule: "VERDICT-2" };
  }
}
