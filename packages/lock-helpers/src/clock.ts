import { constants, fstatSync, openSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { closeQuietly } from "./descriptor.js";
import { candidatePath, newToken } from "./paths.js";
import { discard, own } from "./shared.js";

/** Monotonic milliseconds: no wall clock that is set moves a deadline (WAIT-1). */
export function monotonic(): number {
  return performance.now();
}

const REMEASURE_MS = 1000;

/**
 * The clock of the file system that a directory is on: the modification time of a file just made there. A server's
 * clock may differ from ours by more than any age that matters. Between measurements it runs on with our monotonic one.
 */
export class FileClock {
  readonly #directory: string;
  #measured: { fileMs: number; at: number } | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  now(): number {
    const elapsed = this.#measured ? monotonic() - this.#measured.at : Number.POSITIVE_INFINITY;
    if (!this.#measured || elapsed >= REMEASURE_MS) {
      this.#measured = { fileMs: this.#measure(), at: monotonic() };
      return this.#measured.fileMs;
    }
    return this.#measured.fileMs + elapsed;
  }

  #measure(): number {
    // Named like a candidate, so that whoever finds it after a kill sweeps it.
    const probe = own(candidatePath(this.#directory, newToken()), undefined);
    let fd: number | undefined;
    try {
      fd = openSync(probe.path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
      return millisecondsOf(fstatSync(fd, { bigint: true }).mtimeNs);
    } catch {
      return Date.now();
    } finally {
      if (fd !== undefined) closeQuietly(fd);
      discard(probe);
    }
  }
}

export function millisecondsOf(ns: bigint): number {
  return Number(ns / 1000n) / 1000;
}
