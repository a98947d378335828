import type { ImplementationRef } from "../case.js";
import { within } from "../clock.js";
import type { RunningDriver } from "../driver/driver.js";

const KEPT_PER_IMPLEMENTATION = 24;

/** Drivers that a case has left idle. Starting one costs more than most cases take. */
export class DriverPool {
  private readonly idle = new Map<string, RunningDriver[]>();

  take(implementation: ImplementationRef): RunningDriver | undefined {
    const waiting = this.idle.get(implementation.name) ?? [];
    for (let driver = waiting.pop(); driver !== undefined; driver = waiting.pop()) {
      if (driver.idle) return driver;
    }
    return undefined;
  }

  /** False when it is not fit for another case, or there are enough. */
  give(driver: RunningDriver): boolean {
    const { name } = driver.implementation;
    const waiting = this.idle.get(name) ?? [];
    if (!driver.idle || waiting.length >= KEPT_PER_IMPLEMENTATION) return false;
    this.idle.set(name, [...waiting, driver]);
    return true;
  }

  /** Ends them all as a driver is to be ended, and tells what was wrong with that. */
  async drain(limitMs: number): Promise<string[]> {
    const drivers = [...this.idle.values()].flat();
    this.idle.clear();
    const complaints = await Promise.all(
      drivers.map(async (driver) => {
        try {
          const exit = await within(driver.bye(), limitMs);
          return exit === undefined ? `${driver.name} did not end within ${limitMs} ms` : undefined;
        } catch (error) {
          return (error as Error).message;
        } finally {
          driver.channel.child.destroy();
        }
      }),
    );
    return complaints.filter((complaint) => complaint !== undefined);
  }
}
