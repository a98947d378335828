/** An acknowledged hold: it lies inside the true one, so that two which overlap are a violation beyond doubt. */
export interface Hold {
  readonly handle: string;
  /** `python#2` */
  readonly driver: string;
  readonly implementation: string;
  readonly target: string;
  /** The acquire was about to be written. */
  readonly asked: number;
  /** The reply to acquire was read. */
  readonly from: number;
  /** The release was about to be asked for, or the process to be killed. Undefined while it goes on. */
  to: number | undefined;
  ended: "release" | "kill" | "exit" | "bye" | "end-of-input" | "forfeit" | undefined;
}

export interface Overlap {
  readonly first: Hold;
  readonly second: Hold;
  readonly from: number;
  readonly to: number;
}

/** Every pair of holds of one target that share a moment; a hold that goes on ends at `end`. */
export function findOverlaps(holds: readonly Hold[], end: number): Overlap[] {
  const overlaps: Overlap[] = [];
  const byTarget = groupByTarget(holds);
  for (const group of byTarget.values()) {
    const open: Hold[] = [];
    for (const hold of [...group].sort((a, b) => a.from - b.from)) {
      const until = hold.to ?? end;
      if (until <= hold.from) continue;
      for (let index = open.length - 1; index >= 0; index -= 1) {
        const earlier = open[index]!;
        const to = Math.min(earlier.to ?? end, until);
        if ((earlier.to ?? end) <= hold.from) open.splice(index, 1);
        else overlaps.push({ first: earlier, second: hold, from: hold.from, to });
      }
      open.push(hold);
    }
  }
  return overlaps;
}

function groupByTarget(holds: readonly Hold[]): Map<string, Hold[]> {
  const groups = new Map<string, Hold[]>();
  for (const hold of holds) {
    const group = groups.get(hold.target);
    if (group === undefined) groups.set(hold.target, [hold]);
    else group.push(hold);
  }
  return groups;
}
