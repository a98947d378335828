import type { Entry } from "../judge/entry.js";
import { freeEntry } from "../judge/unjudged.js";
import type { Reporter } from "../render/reporter.js";
import { Tally } from "../render/summary.js";
import { meet, type Root } from "./roots.js";

/** What a tour does with the files of one directory that have to do with locks. */
export type Examine = (directory: string, names: readonly string[]) => AsyncIterable<Entry>;

export interface Toured {
  readonly tally: Tally;
  /** Something could not be looked at. */
  readonly isIncomplete: boolean;
}

/** Goes through all places, and reports what is found as it is found. */
export async function tour(
  roots: readonly Root[],
  reporter: Reporter,
  examine: Examine,
  examineFree: (path: string) => Entry = freeEntry,
): Promise<Toured> {
  const tally = new Tally();
  let isIncomplete = false;
  const report = async (entry: Entry) => {
    tally.add(entry);
    await reporter.entry(entry);
  };
  for (const root of roots) {
    await reporter.place(root);
    for (const met of meet(root)) {
      if (met.kind === "directory") {
        for await (const entry of examine(met.path, met.names)) await report(entry);
      } else if (met.kind === "free") {
        await report(examineFree(met.path));
      } else if (met.kind === "skipped") {
        await reporter.skipped(met.path, met.why);
      } else {
        isIncomplete = true;
        await reporter.unreadable(met.path, met.why);
      }
    }
  }
  return { tally, isIncomplete: isIncomplete || tally.failed > 0 };
}
