import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "./case.js";
import { type LockerName, lockerCommand } from "./lockers.js";

const NAMESPACE_TRIAL = ["-pf", "--mount-proc", "true"];

const succeeds = (program: string, args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: "ignore", timeout: 10_000 }).status === 0;

/** In a mount namespace that ends with the command. */
const mounts = (script: string): boolean => {
  const folder = mkdtempSync(join(tmpdir(), "lock-trial-"));
  try {
    return succeeds("unshare", ["--mount", "--", "sh", "-ec", `cd ${folder}; ${script}`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

function lackingLocker(name: LockerName): string | undefined {
  const command = lockerCommand(name);
  if (command === undefined) return `needs ${name}, which npm run setup installs in this repository`;
  const [program = "", ...args] = command;
  return succeeds(program, [...args, "--trial"]) ? undefined : `needs ${name}, which cannot be loaded here`;
}

const OVERLAY_TRIAL =
  "mkdir low up work all; mount -t overlay overlay -o lowerdir=low,upperdir=up,workdir=work all; umount all";

const trials: Readonly<Record<Environment, () => string | undefined>> = {
  linux: () => (process.platform === "linux" ? undefined : `needs Linux, this is ${process.platform}`),
  root: () => (process.getuid?.() === 0 ? undefined : "needs root"),
  unshare: () => {
    const options = process.getuid?.() === 0 ? NAMESPACE_TRIAL : ["-Ur", ...NAMESPACE_TRIAL];
    return succeeds("unshare", options) ? undefined : "needs unshare, and leave to make PID namespaces";
  },
  strace: () => (succeeds("strace", ["-o", "/dev/null", "true"]) ? undefined : "needs strace, and leave to trace"),
  python3: () => (succeeds("python3", ["-c", "import socket"]) ? undefined : "needs python3"),
  cc: () => (succeeds("cc", ["--version"]) ? undefined : "needs a C compiler, cc"),
  overlay: () => (mounts(OVERLAY_TRIAL) ? undefined : "needs leave to mount an overlay"),
  hidepid: () => (mounts("mount -t proc -o hidepid=2 proc /proc") ? undefined : "needs /proc with hidepid"),
  "time-namespace": () =>
    succeeds("unshare", ["--time", "--boottime", "1", "--fork", "true"]) ? undefined : "needs time namespaces",
  "user-namespace": () =>
    succeeds("unshare", ["-Ur", ...NAMESPACE_TRIAL]) ? undefined : "needs leave to make user namespaces",
  "node-lockers": () => lackingLocker("proper-lockfile"),
  "python-lockers": () => lackingLocker("portalocker"),
  filelock: () => lackingLocker("filelock"),
  "go-lockers": () => lackingLocker("gofrs"),
  git: () => (succeeds("git", ["--version"]) ? undefined : "needs git"),
  flock: () => (succeeds("flock", ["--version"]) ? undefined : "needs flock(1), of util-linux"),
};

const known = new Map<Environment, string | undefined>();

/** Why this machine lacks something, or undefined; each is tried once. */
export function lacking(needed: readonly Environment[] = []): string | undefined {
  for (const environment of needed) {
    if (!known.has(environment)) known.set(environment, trials[environment]());
    const reason = known.get(environment);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
