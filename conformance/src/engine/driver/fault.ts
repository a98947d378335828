/** Every way in which a driver, rather than the lock behind it, can be wrong. Each is the check id `driver/<kind>`. */
export type FaultKind =
  | "start"
  | "hello"
  | "version"
  | "timeout"
  | "garbage"
  | "too-long"
  | "schema"
  | "unknown-id"
  | "repeated-id"
  | "unexpected-event"
  | "error"
  | "exited"
  | "exit-status"
  | "ignores-bye"
  | "ignores-end-of-input"
  | "ignores-sigterm"
  | "ignores-signal";

export class DriverFault extends Error {
  override readonly name = "DriverFault";

  constructor(
    readonly driver: string,
    readonly kind: FaultKind,
    message: string,
    readonly stderrTail: readonly string[],
    /** It has not shown anything of its lock yet: then the case could not be run. */
    readonly preventsRunning = false,
  ) {
    super(message);
  }

  get check(): string {
    return `driver/${this.kind}`;
  }
}

/** Bounded and without control characters: what a driver prints ends up in terminals and reports. */
export function excerpt(text: string, length = 200): string {
  const clean = text
    .trimEnd()
    .replaceAll("\n", "\\n")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return clean.length > length ? `${clean.slice(0, length)}… (${text.length} characters)` : clean;
}
