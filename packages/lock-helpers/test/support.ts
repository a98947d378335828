import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { ownPayload } from "../src/identity.js";
import { isFileLockError } from "../src/index.js";
import { newToken } from "../src/paths.js";
import { type LockPayload, serialisePayload } from "../src/payload.js";
import { type Point, setPointHook } from "../src/points.js";

export interface Place {
  readonly directory: string;
  readonly target: string;
  readonly lockPath: string;
  readonly guardPath: string;
}

/** A fresh directory for each test, gone afterwards. */
export function usePlace(): Place {
  const place = { directory: "", target: "", lockPath: "", guardPath: "" };
  beforeEach(() => {
    place.directory = realpathSync(mkdtempSync(join(tmpdir(), "lock-helpers-")));
    place.target = join(place.directory, "data.json");
    place.lockPath = `${place.target}.lock`;
    place.guardPath = `${place.lockPath}.reclaim`;
  });
  afterEach(() => {
    setPointHook(undefined);
    rmSync(place.directory, { recursive: true, force: true });
  });
  return place;
}

export const namesIn = (place: Place): string[] => readdirSync(place.directory).sort();

let dead: number | undefined;

/** The pid of a process that has ended and been reaped. */
export function deadPid(): number {
  dead ??= spawnSync(process.execPath, ["-e", "0"]).pid;
  return dead;
}

/** A payload like ours, of a process of this domain. */
export function payloadOf(pid: number, more: Partial<LockPayload> = {}): Buffer {
  const { starttime: _ours, ...rest } = ownPayload(newToken(), "1");
  return serialisePayload({ ...rest, ...more, pid });
}

export const deadPayload = (): Buffer => payloadOf(deadPid(), { starttime: 1 });

/** What OpenClaw writes: no domain, no token. */
export function openclawPayload(pid: number, more: Record<string, unknown> = {}): string {
  return `${JSON.stringify({ pid, createdAt: new Date().toISOString(), ...more }, null, 2)}\n`;
}

export function writeAged(path: string, content: string | Buffer, ageMs: number): void {
  writeFileSync(path, content);
  const then = (Date.now() - ageMs) / 1000;
  utimesSync(path, then, then);
}

export const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** The code that the call is refused with; fails if it is not refused. */
export async function refusalOf(call: () => unknown): Promise<{ readonly code: string; readonly error: unknown }> {
  try {
    await call();
  } catch (error) {
    return { code: isFileLockError(error) ? error.code : String(error), error };
  }
  throw new Error("not refused");
}

/** Runs `act` when the point is reached for the first time. */
export function atPoint(point: Point, act: () => void): void {
  setPointHook((reached) => {
    if (reached !== point) return;
    setPointHook(undefined);
    act();
  });
}

export const interruptAt = (point: Point): void =>
  atPoint(point, () => {
    throw new Error(`interrupted at ${point}`);
  });
