import { lstatSync } from "node:fs";
import type { Root } from "../find/roots.js";
import type { Entry } from "../judge/entry.js";
import type { Reporter } from "../render/reporter.js";
import type { Seen } from "./tracker.js";

/** What one tour has seen; it is shown when the round is complete. */
export class Round implements Reporter {
  readonly seen: Seen[] = [];
  readonly calls: ((reporter: Reporter, add: (entry: Entry) => Entry) => Promise<void>)[] = [];

  async place(root: Root): Promise<void> {
    this.calls.push((reporter) => reporter.place(root));
  }

  async entry(entry: Entry): Promise<void> {
    if (entry.kind === "lock" || entry.kind === "guard") this.seen.push({ entry, hold: holdOf(entry) });
    this.calls.push((reporter, add) => reporter.entry(add(entry)));
  }

  async unreadable(path: string, why: string): Promise<void> {
    this.calls.push((reporter) => reporter.unreadable(path, why));
  }

  async skipped(path: string, why: string): Promise<void> {
    this.calls.push((reporter) => reporter.skipped(path, why));
  }

  async end(): Promise<void> {}
}

// Every hold is a file of its own; a number that is used again shows by its holder, mostly.
function holdOf({ path, holder }: Entry): string {
  const inode = lstatSync(path, { throwIfNoEntry: false })?.ino ?? 0;
  return `${inode} ${holder?.pid ?? ""}`;
}
