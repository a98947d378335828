import { spawnSync } from "node:child_process";
import { root } from "./root.mjs";

// npm and turbo print progress of their own; a project command has no use for either's telemetry or update notices.
const quiet = { TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", NPM_CONFIG_UPDATE_NOTIFIER: "false" };

// A variable that is set to undefined is left out.
const environment = (env) => ({ ...process.env, ...quiet, ...env });

/**
 * Runs a program with the caller's terminal and answers its exit status; a program killed by a signal, after `timeout`
 * milliseconds (0: never), or not found is 1.
 * `stdout: "stderr"` sends what it prints to stderr, for commands whose own stdout is somebody's input.
 */
export function run(command, args, { cwd = root, env = {}, stdout = "inherit", timeout = 0 } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env: environment(env),
    timeout,
    killSignal: "SIGKILL",
    stdio: ["ignore", stdout === "stderr" ? 2 : "inherit", "inherit"],
  });
  if (result.error) console.error(`${command}: ${result.error.message}`);
  return result.status ?? 1;
}

/** Runs a program and answers what it printed. A program that cannot be started has status null and a message in stderr. */
export function capture(command, args, { cwd = root, env = {} } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env: environment(env),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const stderr = result.error ? `${command}: ${result.error.message}` : result.stderr;
  return { status: result.status, stdout: result.stdout ?? "", stderr: stderr ?? "" };
}
