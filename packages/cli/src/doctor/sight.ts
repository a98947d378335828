import type { Root } from "../find/roots.js";
import type { Entry } from "../judge/entry.js";
import type { Reporter } from "../render/reporter.js";

const MOST = 2000;

/** What a tour through the state directory has seen, kept for the diagnosis: what is harmless is only counted. */
export class Sight implements Reporter {
  readonly entries: Entry[] = [];
  readonly unreadable_: { readonly path: string; readonly why: string }[] = [];
  readonly absent: string[] = [];
  readonly places: string[] = [];
  looked = 0;
  isCut = false;

  async place(root: Root): Promise<void> {
    if (root.kind === "absent") this.absent.push(root.path);
    else this.places.push(root.path);
  }

  async entry(entry: Entry): Promise<void> {
    this.looked++;
    if (entry.state === "leftover" || (entry.state === "in-use" && entry.kind === "witness")) return;
    if (this.entries.length < MOST) this.entries.push(entry);
    else this.isCut = true;
  }

  async unreadable(path: string, why: string): Promise<void> {
    this.unreadable_.push({ path, why });
  }

  async skipped(): Promise<void> {}
  async end(): Promise<void> {}
}
