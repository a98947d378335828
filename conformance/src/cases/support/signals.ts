import { readFileSync } from "node:fs";
import { constants } from "node:os";
import type { CaseContext, Driver, Exit } from "../../engine/case.js";

/** Those that ask a program to end (RELEASE-10). */
export const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
export type EndSignal = (typeof SIGNALS)[number];

export const shortName = (signal: EndSignal): string => signal.slice(3);

/**
 * Whoever waits for the process must see that the signal ended it. A language whose own answer to an interrupt is an exit
 * says 128 and its number, as a shell does.
 */
export function endedBy(context: CaseContext, check: string, { status, signal }: Exit, due: EndSignal): void {
  const isRight = signal === due || (due === "SIGINT" && status === 128 + constants.signals[due]);
  context.check(check, isRight, () => `it ended with ${signal ?? `status ${status}`} after ${due}`);
}

/** Whether the kernel drops this signal for the process. */
export function ignores({ osPid }: Driver, signal: EndSignal): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${osPid}/status`, "utf8"))?.[1] ?? "0";
  return (BigInt(`0x${mask}`) & (1n << BigInt(constants.signals[signal] - 1))) !== 0n;
}
