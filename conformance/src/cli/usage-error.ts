/** The caller's mistake: exit status 2, and no stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
