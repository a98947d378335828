import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import type { CaseContext, Driver } from "../../engine/case.js";
import { guardOf, lockOf } from "../support/files.js";
import type { Calls } from "./events.js";

const LETS_GO_MS = 1_000;

/** `strace` at a process that runs: makes some of its system calls fail, or be its last. */
export class Tracer {
  /** Errors that the process has got instead of what it asked for. */
  injected = 0;
  private rest = "";
  private hasEnded = false;

  private constructor(private readonly child: ChildProcessByStdio<null, null, Readable>) {
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text: string) => {
      const lines = (this.rest + text).split("\n");
      this.rest = lines.pop() ?? "";
      this.injected += lines.filter((line) => line.endsWith("(INJECTED)")).length;
    });
    child.once("close", () => {
      this.hasEnded = true;
    });
  }

  /** `what`: `error=EIO:when=2+3`, in the words of strace. */
  static async at(context: CaseContext, driver: Driver, target: string, calls: Calls, what: string): Promise<Tracer> {
    const names = calls.names.map((name) => `?${name}`).join(",");
    const paths = calls.onlyAtLock ? [lockOf(target), guardOf(target)].flatMap((path) => ["-P", path]) : [];
    const filters = ["-e", `trace=${names}`, "-e", "signal=none", "-e", `inject=${names}:${what}`];
    const child = spawn("strace", ["-f", ...paths, ...filters, "-p", String(driver.osPid)], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const tracer = new Tracer(child);
    context.cleanup(() => tracer.detach());
    await once(child, "spawn");
    return tracer;
  }

  /** The process goes on by itself. */
  async detach(): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.child, "close");
    this.child.kill("SIGTERM");
    // A process that dies just then is waited for by strace for ever, and cannot end before strace has.
    const force = setTimeout(() => this.child.kill("SIGKILL"), LETS_GO_MS);
    await ended;
    clearTimeout(force);
  }
}
