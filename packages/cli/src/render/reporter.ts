import type { Root } from "../find/roots.js";
import type { Entry } from "../judge/entry.js";
import type { Tally } from "./summary.js";

/** Where a command's findings go, as they are found. */
export interface Reporter {
  /** A place is about to be looked through. */
  place(root: Root): Promise<void>;
  entry(entry: Entry): Promise<void>;
  /** A directory, or a name, that could not be read. */
  unreadable(path: string, why: string): Promise<void>;
  /** A directory that was passed over. */
  skipped(path: string, why: string): Promise<void>;
  end(tally: Tally, exitStatus: number): Promise<void>;
}
