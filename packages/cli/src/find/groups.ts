import { basename } from "node:path";
import { classifyName } from "@openclaw/lock-helpers/tools";
import { type Other, otherLock } from "./others.js";

/** What belongs to one lock, by bare names. The lock itself need not be there. */
export interface Group {
  readonly lock: string;
  hasLock: boolean;
  hasGuard: boolean;
  readonly markers: string[];
}

/** The names of one directory, put in order. */
export interface Sorted {
  readonly groups: readonly Group[];
  readonly others: readonly { readonly name: string; readonly other: Other }[];
  /** Candidates and witnesses, which belong to no lock by name. */
  readonly loose: readonly { readonly name: string; readonly kind: "candidate" | "witness" | "unfinished-witness" }[];
}

export function sortNames(directory: string, names: readonly string[]): Sorted {
  const groups = new Map<string, Group>();
  const others: { name: string; other: Other }[] = [];
  const loose: Sorted["loose"][number][] = [];
  const group = (lock: string): Group => {
    const known = groups.get(lock) ?? { lock, hasLock: false, hasGuard: false, markers: [] };
    groups.set(lock, known);
    return known;
  };
  for (const name of names) {
    const other = otherLock(name, basename(directory));
    if (other) {
      others.push({ name, other });
      continue;
    }
    switch (classifyName(name)) {
      case "lock":
        group(name).hasLock = true;
        break;
      case "guard":
        group(lockOf(name)).hasGuard = true;
        break;
      case "marker":
        group(lockOf(name)).markers.push(name);
        break;
      case "candidate":
        loose.push({ name, kind: "candidate" });
        break;
      case "witness":
        loose.push({ name, kind: "witness" });
        break;
      case "witness-temporary":
        loose.push({ name, kind: "unfinished-witness" });
        break;
    }
  }
  return { groups: [...groups.values()], others, loose };
}

function lockOf(name: string): string {
  return name.replace(/\.reclaim(?:\.[0-9a-f]{16})?$/, "");
}
