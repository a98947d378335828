import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { isatty } from "node:tty";

/** What is passed on to the command. The others cannot be caught, or are about ourselves. */
const PASSED_ON = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;
type PassedOn = (typeof PASSED_ON)[number];

/** What a terminal sends to all processes of its foreground group: the command has it already. */
const FROM_KEYBOARD = new Set<string>(["SIGINT", "SIGQUIT", "SIGTSTP"]);

/**
 * The signals of a wrapper. Until there is a command they end the wait; then they are the command's, and what it makes of
 * them is the outcome.
 */
export class SignalRelay {
  readonly #controller = new AbortController();
  #command: ChildProcess | undefined;
  /** The first signal that came before there was a command. */
  received: PassedOn | undefined;

  constructor() {
    if (process.platform === "win32") return;
    for (const name of PASSED_ON) process.on(name, () => this.#take(name));
    process.on("SIGTSTP", () => this.#stop());
    process.on("SIGCONT", () => this.#command?.kill("SIGCONT"));
  }

  /** Aborts when a signal comes before there is a command. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  passTo(command: ChildProcess): void {
    this.#command = command;
  }

  #take(name: PassedOn): void {
    if (!this.#command) {
      this.received ??= name;
      this.#controller.abort(new Error(`received ${name}`));
      return;
    }
    if (FROM_KEYBOARD.has(name) && isInForeground()) return;
    this.#command.kill(name);
  }

  // As a shell job we stop as one with the command, and the shell sees that.
  #stop(): void {
    if (this.#command && !isInForeground()) this.#command.kill("SIGTSTP");
    process.kill(process.pid, "SIGSTOP");
  }
}

/** Whether we belong to the foreground group of a terminal, to which the keyboard's signals go. */
function isInForeground(): boolean {
  if (process.platform !== "linux") return isatty(0) || isatty(2);
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const [, , , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 1).split(" ");
    return group === foreground;
  } catch {
    return isatty(0) || isatty(2);
  }
}

/** Ends this process as the signal would have, so that its parent sees a death by signal. */
export function dieBy(signal: NodeJS.Signals): never {
  const status = 128 + constants.signals[signal];
  // A death by signal skips this: what the library would remove at exit is removed now.
  process.emit("exit", status);
  // Whatever handler there is, and the ignoring of SIGPIPE that Node begins with, gives way to the default.
  if (signal !== "SIGKILL") {
    process.on(signal, () => {});
    process.removeAllListeners(signal);
  }
  process.kill(process.pid, signal);
  // Still here: the first process of a container dies of no signal.
  process.exit(status);
}
