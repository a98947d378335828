import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FileClock, millisecondsOf, monotonic } from "../clock.js";
import { STORE_SWEEP_MS } from "../generated/constants.js";
import { unlinkIfThere } from "../ownership.js";
import { isStoreTemporaryName } from "../paths.js";

const SWEEP_EVERY_MS = 60_000;
const sweptAt = new Map<string, number>();

/** Removes what killed writers have left in the directory, at the first replacement and at most once a minute (STORE-10). */
export function sweepStores(directory: string): void {
  const last = sweptAt.get(directory);
  if (last !== undefined && monotonic() - last < SWEEP_EVERY_MS) return;
  if (sweptAt.size >= 1000) sweptAt.clear();
  sweptAt.set(directory, monotonic());
  try {
    const names = readdirSync(directory).filter(isStoreTemporaryName);
    const clock = new FileClock(directory);
    for (const name of names) {
      const stat = lstatSync(join(directory, name), { bigint: true, throwIfNoEntry: false });
      const isOld = stat && clock.now() - millisecondsOf(stat.mtimeNs) > STORE_SWEEP_MS;
      if (isOld) unlinkIfThere(join(directory, name));
    }
  } catch {
    // A service to others: what goes wrong is nobody's error.
  }
}
