import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Exit, ImplementationRef, SpawnOptions } from "../case.js";
import { within } from "../clock.js";

const STDERR_LINES = 40;
const STDERR_LINE_LENGTH = 2000;

/** How long output may still come in after the process has ended: a grandchild can keep the pipe open for ever. */
const DRAIN_MS = 500;

const living = new Set<Child>();

// Nothing may survive the suite, least of all a process that was stopped and so never sees the end of its input.
process.on("exit", () => {
  for (const child of living) child.destroy();
});

/** The process itself: streams, signals, the tail of its log. Knows nothing of messages. */
export class Child {
  readonly stderrTail: string[] = [];
  /** Settles when the process has ended and its output has been read. */
  readonly exited: Promise<Exit>;
  /** Settles when it has started, or could not be: then with the reason. */
  readonly started: Promise<string | undefined>;
  exit: Exit | undefined;
  private hasEnded = false;

  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;

  constructor(implementation: ImplementationRef, options: SpawnOptions, output: (chunk: Buffer) => void) {
    const [program = "", ...args] = [...(options.wrapper ?? []), ...implementation.command];
    this.child = spawn(program, args, {
      // A group of its own: wrappers end with it, and an interrupt at the terminal reaches the suite alone.
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...implementation.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
    living.add(this);
    this.started = new Promise((resolve) => {
      this.child.once("spawn", () => resolve(undefined));
      this.child.once("error", (error) => resolve(error.message));
    });
    // Writing to a process that is gone: its end is reported by `exited`.
    this.child.stdin.on("error", () => {});
    this.child.stdout.on("data", output);
    this.readLog(this.child.stderr);
    this.exited = this.waitForEnd();
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  write(text: string): void {
    if (this.child.stdin.writable) this.child.stdin.write(text);
  }

  endInput(): void {
    this.child.stdin.end();
  }

  /** Continues the wrappers: some, such as nsenter, stand still with what they have started. */
  wake(): void {
    this.signalGroup("SIGCONT");
  }

  /** Ends the process with its wrappers and children. */
  destroy(): void {
    this.signalGroup("SIGKILL");
  }

  /** Never after its end: the number may be somebody else's by then. */
  private signalGroup(signal: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined || this.hasEnded) return;
    const isReaped = this.child.exitCode !== null || this.child.signalCode !== null;
    for (const target of isReaped ? [-pid] : [-pid, pid]) {
      try {
        process.kill(target, signal);
      } catch {
        // Already gone.
      }
    }
  }

  private async waitForEnd(): Promise<Exit> {
    const drained = new Promise<void>((resolve) => {
      this.child.once("close", () => resolve());
    });
    const exit = await new Promise<Exit>((resolve) => {
      this.child.once("exit", (status, signal) => {
        // What it has left of its group.
        this.destroy();
        this.hasEnded = true;
        resolve({ status, signal });
      });
      this.child.once("error", () => {
        if (this.child.pid === undefined) resolve({ status: null, signal: null });
      });
    });
    if (this.child.pid !== undefined) await within(drained, DRAIN_MS);
    living.delete(this);
    this.exit = exit;
    return exit;
  }

  private readLog(stream: Readable): void {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = (lines.pop() ?? "").slice(0, STDERR_LINE_LENGTH);
      for (const line of lines) this.remember(line);
    });
    stream.on("end", () => {
      if (rest !== "") this.remember(rest);
    });
  }

  private remember(line: string): void {
    this.stderrTail.push(line.slice(0, STDERR_LINE_LENGTH));
    if (this.stderrTail.length > STDERR_LINES) this.stderrTail.shift();
  }
}
