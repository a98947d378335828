/** What an operation on one lock claims to have done at some moment between its call and its return. */
export interface Operation {
  readonly kind: "acquired" | "released" | "lost" | "verified" | "not-held";
  /** The holder is a handle, not a process: one process may hold and want at once. */
  readonly owner: string;
  /** For messages: `python#2`. */
  readonly by: string;
  readonly call: number;
  readonly return: number;
}

export interface History {
  readonly operations: readonly Operation[];
  /**
   * When the owner's process was killed, or its lock taken away by the case: from then on the hold may end at any moment, or
   * never. What a killed process had asked for and got no answer to is not in `operations`: it may have happened or not.
   */
  readonly mayEnd: ReadonlyMap<string, number>;
}

export type HistoryVerdict =
  | { readonly verdict: "possible" }
  | { readonly verdict: "impossible"; readonly message: string }
  | { readonly verdict: "unknown"; readonly message: string };

const MAX_STEPS = 500_000;

/**
 * Is there an order of the operations, each between its call and its return, in which a lock with owners could have given
 * these answers? A checker that gives up or breaks says `unknown`, which nobody may take for a pass.
 */
export function checkHistory(history: History, maxSteps = MAX_STEPS): HistoryVerdict {
  try {
    return search(history, maxSteps);
  } catch (error) {
    return { verdict: "unknown", message: `the checker broke: ${String(error)}` };
  }
}

interface Choice {
  /** The first operation that has not been placed. */
  readonly first: number;
  /** Operations after `first` that have been placed. */
  readonly placed: ReadonlySet<number>;
  readonly holder: string | undefined;
}

function search({ operations, mayEnd }: History, maxSteps: number): HistoryVerdict {
  const sorted = [...operations].sort((a, b) => a.call - b.call || a.return - b.return);
  if (sorted.some((operation) => !(operation.call <= operation.return)))
    throw new Error("an operation returns before its call");

  const seen = new Set<string>();
  const stack: Choice[] = [{ first: 0, placed: new Set(), holder: undefined }];
  let furthest: { choice: Choice; count: number } = { choice: stack[0]!, count: -1 };
  let steps = 0;

  for (let choice = stack.pop(); choice !== undefined; choice = stack.pop()) {
    if (choice.first === sorted.length) return { verdict: "possible" };
    steps += 1;
    if (steps > maxSteps) return { verdict: "unknown", message: `no answer after ${maxSteps} steps` };
    const count = choice.first + choice.placed.size;
    if (count > furthest.count) furthest = { choice, count };

    // Pushed in reverse: what returned first is tried first, which is nearly always right.
    for (const index of candidates(sorted, choice).reverse()) {
      const step = apply(sorted[index]!, choice.holder, mayEnd);
      if (step === undefined) continue;
      const next = place(choice, index, step.holder);
      const key = `${next.first};${next.holder};${[...next.placed].sort((a, b) => a - b).join()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      stack.push(next);
    }
  }
  return { verdict: "impossible", message: explain(sorted, furthest.choice) };
}

/** Operations that may come next: those called before any other one has returned. */
function candidates(sorted: readonly Operation[], { first, placed }: Choice): number[] {
  let earliestReturn = Number.POSITIVE_INFINITY;
  const found: number[] = [];
  for (let index = first; index < sorted.length && sorted[index]!.call <= earliestReturn; index += 1) {
    if (placed.has(index)) continue;
    earliestReturn = Math.min(earliestReturn, sorted[index]!.return);
    found.push(index);
  }
  return found
    .filter((index) => sorted[index]!.call <= earliestReturn)
    .sort((a, b) => sorted[a]!.return - sorted[b]!.return);
}

/** The lock's state after the operation, or undefined when a lock in this state cannot give that answer. */
function apply(
  { kind, owner, return: end }: Operation,
  holder: string | undefined,
  mayEnd: ReadonlyMap<string, number>,
): { holder: string | undefined } | undefined {
  const endsFrom = holder === undefined ? undefined : mayEnd.get(holder);
  const free = holder === undefined || (endsFrom !== undefined && endsFrom <= end);
  switch (kind) {
    case "acquired":
      return free ? { holder: owner } : undefined;
    case "released":
      return holder === owner ? { holder: undefined } : undefined;
    case "verified":
      return holder === owner ? { holder } : undefined;
    case "lost":
    case "not-held":
      if (holder !== owner) return { holder };
      return free ? { holder: undefined } : undefined;
  }
}

function place(choice: Choice, index: number, holder: string | undefined): Choice {
  const placed = new Set(choice.placed).add(index);
  let { first } = choice;
  while (placed.delete(first)) first += 1;
  return { first, placed, holder };
}

function explain(sorted: readonly Operation[], choice: Choice): string {
  const [index] = candidates(sorted, choice);
  const { by, kind, owner } = sorted[index!]!;
  const said: Record<Operation["kind"], string> = {
    acquired: "was given the lock",
    released: "released it",
    lost: "was told that it had lost it",
    verified: "was told that it holds it",
    "not-held": "was told that it does not hold it",
  };
  const holder =
    choice.holder === undefined
      ? "nobody held it"
      : choice.holder === owner
        ? "it held it"
        : `${choice.holder} held it`;
  return `in no order could ${by} have been right: it ${said[kind]} (${owner}) while ${holder}`;
}
