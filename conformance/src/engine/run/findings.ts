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

  record(id: string, ok: boolean, message: string | (() => string)): void {
    this.checks.set(id, (this.checks.get(id) ?? 0) + 1);
    if (ok) return;
    const text = excerpt(typeof message === "string" ? message : message(), MESSAGE_LENGTH);
    if (!this.failures.some((known) => known.check === id && known.message === text)) {
      this.failures.push({ check: id, message: text });
    }
  }

  prevent(reason: string): void {
    this.prevented ??= excerpt(reason, MESSAGE_LENGTH);
  }
}
