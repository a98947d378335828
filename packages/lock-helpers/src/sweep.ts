import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { askWitness } from "./ask-witness.js";
import { type FileClock, millisecondsOf, monotonic } from "./clock.js";
import { SWEEP_MS } from "./generated/constants.js";
import { readLock } from "./lock-file.js";
import { unlinkIfThere } from "./ownership.js";
import { digitsOfName, isIntentName, isLockName, isTemporaryName, markerDigits } from "./paths.js";
import { classify, isWitnessName } from "./payload.js";
import { shared } from "./shared.js";

const SWEEP_EVERY_MS = 60_000;

/**
 * Removes what killed writers have left in the directory, at the first acquire there and at most once a minute
 * (PUBLISH-8, WITNESS-9).
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
  // A service to others, not a part of our own acquire: what goes wrong is nobody's error, and nobody waits for it.
  try {
    const names = readdirSync(directory);
    for (const name of findLeftovers(directory, names, clock)) unlinkIfThere(join(directory, name));
    if (names.some(isWitnessName)) void sweepWitnesses(directory, names, clock);
  } catch {
    // See above.
  }
  return dev;
}

/**
 * Old candidates, witnesses that were never finished, and markers of what is gone. To remove these is always safe: their
 * names are never used again, and a writer that still lives begins anew.
 */
export function findLeftovers(directory: string, names: readonly string[], clock: FileClock): string[] {
  const temporaries = names.filter((name) => isTemporaryName(name) && isOld(directory, name, clock));
  return [...temporaries, ...findMarkers(directory, names, clock)];
}

// A breaker that was killed after it had broken its guard leaves a marker for bytes that are gone, and never come back.
function findMarkers(directory: string, names: readonly string[], clock: FileClock): string[] {
  const around = names.filter((name) => digitsOfName(name) !== undefined);
  const markers = around.filter((name) => digitsOfName(name) !== "");
  if (markers.length === 0) return [];
  const present = new Set(around.map((name) => digitsOfContent(join(directory, name))));
  return markers.filter((name) => !present.has(digitsOfName(name)) && isOld(directory, name, clock));
}

function digitsOfContent(path: string): string | undefined {
  const bytes = readLock(path)?.bytes;
  return bytes && markerDigits(bytes);
}

function isOld(directory: string, name: string, clock: FileClock): boolean {
  const stat = lstatSync(join(directory, name), { bigint: true, throwIfNoEntry: false });
  return stat !== undefined && clock.now() - millisecondsOf(stat.mtimeNs) > SWEEP_MS;
}

async function sweepWitnesses(directory: string, names: readonly string[], clock: FileClock): Promise<void> {
  try {
    const dead = await findDeadWitnesses(directory, names, clock, true);
    for (const name of dead) unlinkIfThere(join(directory, name));
  } catch {
    // The next sweep tries again.
  }
}

/** Old witnesses that refuse and that nothing names. One that is still named is evidence. */
export async function findDeadWitnesses(
  directory: string,
  names: readonly string[],
  clock: FileClock,
  isIdle = false,
): Promise<string[]> {
  const old = names.filter((name) => isWitnessName(name) && isOld(directory, name, clock));
  const refused: string[] = [];
  for (const name of old) {
    if ((await askWitness(directory, name, isIdle)) === "refused") refused.push(name);
  }
  if (refused.length === 0) return [];
  // Looked for after they have refused: the dead publish nothing any more.
  const named = namedWitnesses(directory);
  return refused.filter((name) => !named.has(name));
}

/** Throws when one cannot be read: it may name any of them. */
function namedWitnesses(directory: string): Set<string | undefined> {
  const names = readdirSync(directory).filter(mayNameWitness);
  return new Set(
    names.map((name) => {
      const bytes = readLock(join(directory, name))?.bytes;
      return bytes && classify(bytes).owner?.witness;
    }),
  );
}

function mayNameWitness(name: string): boolean {
  return isLockName(name) || digitsOfName(name) !== undefined || isIntentName(name);
}
