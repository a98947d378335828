/** The caller's mistake: said in one sentence, exit status 64, no stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
