import { type Entry, isHeld, needsAttention, type State } from "../judge/entry.js";

/** What was counted along the way. */
export class Tally {
  readonly states: Partial<Record<State, number>> = {};
  readonly actions: Partial<Record<NonNullable<Entry["action"]>, number>> = {};
  held = 0;
  stuck = 0;
  failed = 0;

  add(entry: Entry): void {
    this.states[entry.state] = (this.states[entry.state] ?? 0) + 1;
    if (entry.action) this.actions[entry.action] = (this.actions[entry.action] ?? 0) + 1;
    if (isHeld(entry)) this.held++;
    if (needsAttention(entry)) this.stuck++;
    if (entry.state === "unreadable" || entry.action === "failed") this.failed++;
  }
}
