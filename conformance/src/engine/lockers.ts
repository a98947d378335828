import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "./data.js";

/** Other people's lockers, each behind a small program of `lockers/`. */
export const LOCKERS = {
  "proper-lockfile": "node",
  lockfile: "node",
  "cross-process-lock": "node",
  filelock: "python",
  "filelock-soft": "python",
  portalocker: "python",
  "portalocker-pid": "python",
  fasteners: "python",
  gofrs: "go",
  nightlyone: "go",
} as const;
export type LockerName = keyof typeof LOCKERS;

const folder = join(packageRoot, "lockers");

const programs: Readonly<Record<"node" | "python" | "go", readonly string[]>> = {
  node: [process.execPath, join(folder, "node", "locker.mjs")],
  python: [join(folder, "python", ".venv", "bin", "python"), join(folder, "python", "locker.py")],
  go: [join(packageRoot, "bin", "go-locker")],
};

/** What starts it, or undefined where it is not there: only this repository has them. */
export function lockerCommand(name: LockerName): readonly string[] | undefined {
  const command = programs[LOCKERS[name]];
  return command.every((word) => existsSync(word)) ? [...command, name] : undefined;
}
