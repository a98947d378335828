/** A check that did not hold and after which the case cannot go on. It has been recorded already. */
export class CheckFailed extends Error {
  override readonly name = "CheckFailed";

  constructor(
    readonly check: string,
    message: string,
  ) {
    super(message);
  }
}

/** Not the driver's doing: the machine or the suite itself could not do its part. */
export class CouldNotRun extends Error {
  override readonly name = "CouldNotRun";
}
