import type { CaseContext, Driver, LockOptions, PendingAcquire } from "../../engine/case.js";
import { fresh } from "./team.js";

export interface Stopped {
  readonly driver: Driver;
  readonly pending: PendingAcquire;
}

/** A fresh process whose acquire of the target stands still at the point. */
export async function stoppedAt(
  context: CaseContext,
  point: string,
  target: string,
  options: LockOptions = {},
): Promise<Stopped> {
  const driver = await fresh(context);
  await driver.arm(point, "stop");
  const pending = driver.startAcquire(target, { timeoutMs: context.limit(20_000), ...options });
  await driver.nextEvent(point);
  return { driver, pending };
}
