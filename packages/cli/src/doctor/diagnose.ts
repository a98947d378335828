import type { Case } from "./case.js";
import type { Diagnosis } from "./diagnosis.js";
import { lockDiagnoses } from "./locks.js";
import { loginDiagnoses } from "./logins.js";
import { otherDiagnoses } from "./others.js";

const ORDER = { act: 0, wait: 1, past: 2 } as const;

/**
 * What is wrong, the most urgent first. A stuck lock comes before a dead login: signing in waits for the lock, too.
 */
export function diagnose(about: Case): Diagnosis[] {
  const found = [...lockDiagnoses(about), ...loginDiagnoses(about)];
  return [...found, ...otherDiagnoses(about, found)].sort((one, other) => ORDER[one.urgency] - ORDER[other.urgency]);
}
