import type {
  CaseContext,
  Driver,
  ImplementationRef,
  LockOptions,
  PendingAcquire,
  SpawnOptions,
} from "../../engine/case.js";

export interface Stopped {
  readonly driver: Driver;
  readonly pending: PendingAcquire;
}

export interface Place {
  readonly implementation?: ImplementationRef;
  readonly options?: SpawnOptions;
}

/** A fresh process whose acquire of the target stands still at the point. */
export async function stoppedAt(
  context: CaseContext,
  point: string,
  target: string,
  options: LockOptions = {},
  place: Place = {},
): Promise<Stopped> {
  const driver = await context.spawn(place.implementation, { env: {}, ...place.options });
  await driver.arm(point, "stop");
  const pending = driver.startAcquire(target, { timeoutMs: context.limit(20_000), ...options });
  await driver.nextEvent(point);
  return { driver, pending };
}
