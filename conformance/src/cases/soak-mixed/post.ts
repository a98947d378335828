import type { CaseContext, GuardedCounter, LockOptions } from "../../engine/case.js";
import type { Life } from "./events.js";
import type { Tally } from "./tally.js";

/** Far longer than anybody stands still: whoever waits so long is wedged. */
const WEDGED_MS = 20_000;

/** A file that processes take turns at. */
export class Post {
  /** Processes that were ended between any two steps: each may have replaced the number and not said so. */
  cutShort = 0;

  constructor(
    readonly context: CaseContext,
    readonly target: string,
    readonly counter: GuardedCounter,
    readonly tally: Tally,
  ) {}

  options({ witness }: Life): LockOptions {
    return { timeoutMs: this.context.limit(WEDGED_MS), witness };
  }
}
