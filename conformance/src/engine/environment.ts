import { spawnSync } from "node:child_process";
import type { Environment } from "./case.js";

const NAMESPACE_TRIAL = ["-pf", "--mount-proc", "true"];

const succeeds = (program: string, args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: "ignore", timeout: 10_000 }).status === 0;

const trials: Readonly<Record<Environment, () => string | undefined>> = {
  linux: () => (process.platform === "linux" ? undefined : `needs Linux, this is ${process.platform}`),
  root: () => (process.getuid?.() === 0 ? undefined : "needs root"),
  unshare: () => {
    const options = process.getuid?.() === 0 ? NAMESPACE_TRIAL : ["-Ur", ...NAMESPACE_TRIAL];
    return succeeds("unshare", options) ? undefined : "needs unshare, and leave to make PID namespaces";
  },
  strace: () => (succeeds("strace", ["-o", "/dev/null", "true"]) ? undefined : "needs strace, and leave to trace"),
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
