import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type FileClock, millisecondsOf, monotonic } from "./clock.js";
import { SWEEP_MS } from "./generated/constants.js";
import { readLock } from "./lock-file.js";
import { unlinkIfThere } from "./ownership.js";
import { digitsOfName, isCandidateName, markerDigits } from "./paths.js";
import { shared } from "./shared.js";

const SWEEP_EVERY_MS = 60_000;

/**
 * Removes candidates that killed writers have left in the directory, at the first acquire there and at most once a
 * minute (PUBLISH-8); and markers of what is gone. Always safe: a candidate's name is never used again, and a writer that
 * still lives begins anew.
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
  const names = readdirSync(directory);
  const isOld = (path: string) => {
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stat !== undefined && clock.now() - millisecondsOf(stat.mtimeNs) > SWEEP_MS;
  };
  for (const name of names.filter(isCandidateName)) {
    const path = join(directory, name);
    if (isOld(path)) unlinkIfThere(path);
  }
  sweepMarkers(directory, names, isOld);
}

// A breaker that was killed after it had broken its guard leaves a marker for bytes that are gone, and never come back.
function sweepMarkers(directory: string, names: readonly string[], isOld: (path: string) => boolean): void {
  const around = names.filter((name) => digitsOfName(name) !== undefined);
  const markers = around.filter((name) => digitsOfName(name) !== "");
  if (markers.length === 0) return;
  const present = new Set(around.map((name) => digitsOfContent(join(directory, name))));
  for (const marker of markers) {
    const path = join(directory, marker);
    if (!present.has(digitsOfName(marker)) && isOld(path)) unlinkIfThere(path);
  }
}

function digitsOfContent(path: string): string | undefined {
  const bytes = readLock(path)?.bytes;
  return bytes && markerDigits(bytes);
}
