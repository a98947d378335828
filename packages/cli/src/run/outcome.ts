import { type ChildProcess, spawn } from "node:child_process";
import { EXIT } from "../exit-codes.js";

/** How the command ended, or that it never began. */
export type Outcome =
  | { readonly kind: "exited"; readonly status: number }
  | { readonly kind: "killed"; readonly signal: NodeJS.Signals }
  | { readonly kind: "not-started"; readonly status: number; readonly why: string };

/** The command, with our own stdin, stdout and stderr. No other descriptor of ours goes to it: all are close-on-exec. */
export function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(command, args, { stdio: "inherit", env });
}

export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      // An error may also come of a signal that could not be sent: that one is running.
      if (child.pid === undefined) resolve(notStarted(error));
    });
    // Not `close`: what the command left running in the background may keep stdout open.
    child.once("exit", (status, signal) => {
      resolve(signal === null ? { kind: "exited", status: status ?? 0 } : { kind: "killed", signal });
    });
  });
}

/** The statuses of shells: 127 there is none, 126 it cannot be run. */
export function notStarted(error: unknown): Outcome {
  const { code } = error as { code?: unknown };
  if (code === "ENOENT") return { kind: "not-started", status: EXIT.notFound, why: "no such command" };
  if (code === "EACCES") return { kind: "not-started", status: EXIT.notExecutable, why: "not executable" };
  return {
    kind: "not-started",
    status: EXIT.notExecutable,
    why: typeof code === "string" ? code : "cannot be started",
  };
}
