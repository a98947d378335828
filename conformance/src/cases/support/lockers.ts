import type { CaseContext, Environment } from "../../engine/case.js";
import { flockCommand, flockScript, git, gitTarget, library, type StartLocker } from "./locker.js";

/** Somebody else's locker, and what it is known to do. */
export interface LockerFacts {
  /** Its case is `locker-<id>`. */
  readonly id: string;
  readonly name: string;
  readonly environment: Environment;
  readonly start: StartLocker;
  /** Makes the target where it has to be something particular. */
  readonly target?: (context: CaseContext, name: string) => string;
  /** In `spec/foreign.json`, while it holds. */
  readonly kind: string;
  readonly kernelLock?: "flock" | "fcntl";
  /** Its pid stands in what it leaves there. */
  readonly recordsPid?: true;
  /** What is there after it was killed. */
  readonly onDeath: "itself" | "empty";
  /** Nothing tells its lock from one that is left over: it is taken when it is old, from the living too. */
  readonly takenByAge?: true;
  /** Other ways of it to lock what we hold. */
  readonly ways?: readonly string[];
  readonly field: readonly number[];
}

const KERNEL = { onDeath: "empty", field: [2, 60] } as const;

export const lockers: readonly LockerFacts[] = [
  {
    id: "proper-lockfile",
    name: "proper-lockfile",
    environment: "node-lockers",
    start: library("proper-lockfile"),
    kind: "proper-lockfile",
    onDeath: "itself",
    field: [39],
  },
  {
    id: "npm-lockfile",
    name: "npm's lockfile",
    environment: "node-lockers",
    start: library("lockfile"),
    kind: "empty",
    takenByAge: true,
    onDeath: "empty",
    ways: ["stale"],
    field: [34],
  },
  {
    id: "cross-process-lock",
    name: "cross-process-lock",
    environment: "node-lockers",
    start: library("cross-process-lock"),
    kind: "cross-process-lock",
    recordsPid: true,
    onDeath: "itself",
    field: [38],
  },
  {
    id: "filelock",
    name: "Python's filelock (FileLock)",
    environment: "filelock",
    start: library("filelock"),
    kind: "flock",
    kernelLock: "flock",
    ...KERNEL,
  },
  {
    id: "filelock-soft",
    name: "Python's filelock (SoftFileLock)",
    environment: "filelock",
    start: library("filelock-soft"),
    kind: "filelock-soft",
    recordsPid: true,
    onDeath: "itself",
    field: [38],
  },
  {
    id: "portalocker",
    name: "portalocker (Lock)",
    environment: "python-lockers",
    start: library("portalocker"),
    kind: "flock",
    kernelLock: "flock",
    ...KERNEL,
  },
  {
    id: "portalocker-pid",
    name: "portalocker (PidFileLock)",
    environment: "python-lockers",
    start: library("portalocker-pid"),
    kind: "flock",
    kernelLock: "flock",
    ...KERNEL,
  },
  {
    id: "fasteners",
    name: "fasteners (InterProcessLock)",
    environment: "python-lockers",
    start: library("fasteners"),
    kind: "fcntl",
    kernelLock: "fcntl",
    ...KERNEL,
  },
  {
    id: "gofrs-flock",
    name: "gofrs/flock",
    environment: "go-lockers",
    start: library("gofrs"),
    kind: "flock",
    kernelLock: "flock",
    ...KERNEL,
  },
  {
    id: "nightlyone",
    name: "nightlyone/lockfile",
    environment: "go-lockers",
    start: library("nightlyone"),
    kind: "pid-file",
    recordsPid: true,
    onDeath: "itself",
    field: [38],
  },
  {
    id: "git",
    name: "git (the index)",
    environment: "git",
    start: git,
    target: gitTarget,
    kind: "git",
    onDeath: "itself",
    field: [62],
  },
  {
    id: "flock",
    name: "flock(1)",
    environment: "flock",
    start: flockCommand,
    kind: "flock",
    kernelLock: "flock",
    ...KERNEL,
  },
  {
    id: "flock-in-a-script",
    name: "flock(1) on a descriptor of a shell",
    environment: "flock",
    start: flockScript,
    kind: "flock",
    kernelLock: "flock",
    ...KERNEL,
  },
];
