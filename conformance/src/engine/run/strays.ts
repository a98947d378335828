import { DriverFault } from "../driver/fault.js";
import { CheckFailed, CouldNotRun } from "../failure.js";

const strays: string[] = [];

/**
 * A promise that a case has left alone and that failed must not end the whole run. Most often its case has failed already, and
 * this is the rest of it; anything else is a fault of the suite, and is told.
 */
export function collectStrays(): void {
  process.on("unhandledRejection", (reason) => {
    if (reason instanceof DriverFault || reason instanceof CheckFailed || reason instanceof CouldNotRun) return;
    strays.push(
      `a case left a failure alone: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`,
    );
  });
}

export const takeStrays = (): string[] => strays.splice(0);
