import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type FileClock, millisecondsOf, monotonic } from "./clock.js";
import { SWEEP_MS } from "./generated/constants.js";
import { unlinkIfThere } from "./ownership.js";
import { isCandidateName } from "./paths.js";
import { shared } from "./shared.js";

const SWEEP_EVERY_MS = 60_000;

/**
 * Removes candidates that killed writers have left in the directory, at the first acquire there and at most once a
 * minute (PUBLISH-8). Always safe: a name is never used again, and a writer that still lives begins anew.
 *
 * @returns the directory's device in decimal. Throws only when the directory itself cannot be looked at.
 */
export function visitDirectory(directory: string, clock: FileClock): string {
  const known = shared.directories.get(directory);
  if (known && monotonic() - known.sweptAt < SWEEP_EVERY_MS) return known.dev;
  const dev = String(statSync(directory, { bigint: true }).dev);
  // A process that locks in ever new directories must not remember all of them.
  if (shared.directories.size >= 1000) shared.directories.clear();
  shared.directories.set(directory, { sweptAt: monotonic(), dev });
  try {
    sweep(directory, clock);
  } catch {
    // A service to others, not a part of our own acquire.
  }
  return dev;
}

function sweep(directory: string, clock: FileClock): void {
  for (const name of readdirSync(directory)) {
    if (!isCandidateName(name)) continue;
    const path = join(directory, name);
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat && clock.now() - millisecondsOf(stat.mtimeNs) > SWEEP_MS) unlinkIfThere(path);
  }
}
