/** One replacement in the TypeScript reference. */
export interface Patch {
  /** Below `packages/lock-helpers/`: `src/verdict.ts`. */
  readonly file: string;
  /** Must stand in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** An implementation that is broken on purpose, in one way. Listed in `src/mutants/index.ts`. */
export interface MutantDefinition {
  /** Slug: `steals-by-age`. */
  readonly name: string;
  /** Which locker had this bug. */
  readonly history: string;
  /** The case that must fail with it. */
  readonly case: string;
  /** The check that must fail: the id given to `check`, or one of the engine's such as `referee/overlap`. */
  readonly check: string;
  /** Other checks of that case which may fail as a consequence; any further one means that it failed for another reason. */
  readonly also?: readonly string[];
  readonly patches: readonly Patch[];
}
