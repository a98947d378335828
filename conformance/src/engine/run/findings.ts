import { excerpt } from "../driver/fault.js";

export interface Failure {
  readonly check: string;
  readonly message: string;
}

const MESSAGE_LENGTH = 1000;

/** What was checked in one case, and what did not hold. */
export class Findings {
  readonly failures: Failure[] = [];
  /** Number of times that each check was made. */
  readonly checks = new Map<string, number>();
  /** Set when the case was not the driver's to pass or fail. */
  prevented: string | undefined;

  /** `folder` differs from run to run: it is shown as `<dir>`, so that a message can be recognised. */
  constructor(private readonly folder = "") {}

  /** Without what differs from run to run. */
  stable(text: string): string {
    return this.folder === "" ? text : text.replaceAll(this.folder, "<dir>");
  }

  record(id: string, ok: boolean, message: string | (() => string)): void {
    this.checks.set(id, (this.checks.get(id) ?? 0) + 1);
    if (ok) return;
    const text = excerpt(this.stable(typeof message === "string" ? message : message()), MESSAGE_LENGTH);
    if (!this.failures.some((known) => known.check === id && known.message === text)) {
      this.failures.push({ check: id, message: text });
    }
  }

  prevent(reason: string): void {
    this.prevented ??= excerpt(this.stable(reason), MESSAGE_LENGTH);
  }
}
