/** What has happened so far, and how much of it is wanted. */
export class Tally {
  kills = 0;
  errors = 0;
  stops = 0;
  restarts = 0;
  refusals = 0;

  constructor(private readonly wanted: number) {}

  get events(): number {
    return this.kills + this.errors;
  }

  get isOver(): boolean {
    return this.events >= this.wanted;
  }

  toString(): string {
    const { kills, errors, refusals, stops, restarts } = this;
    return `${kills} kills, ${errors} injected errors (${refusals} ended a loop), ${stops} stops, ${restarts} restarts of containers`;
  }
}
