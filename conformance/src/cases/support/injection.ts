import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CaseContext, Driver } from "../../engine/case.js";
import { within } from "../../engine/clock.js";

/** What strace does to a system call of a process that runs. */
export interface Fault {
  /** Names with a question mark: not every machine has all. */
  readonly calls: string;
  /** Counted in each thread from the moment of the injection. */
  readonly nth: number;
  /** And every so many after it. */
  readonly step?: number;
  /** `error=EIO`, `signal=KILL`, `delay_enter=300000` (µs) */
  readonly effect: string;
  /** Only calls on these paths, or on descriptors that are open on them. */
  readonly paths?: readonly string[];
}

export const faultText = ({ calls, nth, step, effect, paths }: Fault): string =>
  `${effect} at ${calls.replaceAll("?", "")} number ${nth}${step === undefined ? "" : ` and every ${step}`}${paths === undefined ? "" : " of those on the lock"}`;

export interface Suffered<T> {
  readonly result: T;
  /** The calls that it hit, as strace prints them. */
  readonly hits: readonly string[];
}

const ATTACH_MS = 10_000;
const LET_GO_MS = 2_000;

/**
 * Runs the action while the fault is in force for all threads of the process. A number counts calls by thread, so a fault
 * without paths must not be one that the driver's own pipes would meet first.
 */
export async function suffering<T>(
  context: CaseContext,
  driver: Driver,
  fault: Fault,
  action: () => Promise<T>,
): Promise<Suffered<T>> {
  const folder = mkdtempSync(join(tmpdir(), "lock-strace-"));
  const log = join(folder, "log");
  const { calls, nth, step, effect, paths = [] } = fault;
  const pid = driver.osPid;
  context.log("fault", { driver: driver.name, what: faultText(fault) });
  const only = paths.flatMap((path) => ["-P", path]);
  const when = step === undefined ? String(nth) : `${nth}+${step}`;
  const what = ["-e", `trace=${calls}`, "-e", "signal=none", "-e", `inject=${calls}:${effect}:when=${when}`];
  const strace = spawn("strace", ["-f", "-qq", "-y", "-o", log, ...what, ...only, "-p", String(pid)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  strace.stderr.on("data", (chunk) => {
    said += String(chunk);
  });
  const ended = once(strace, "exit");
  try {
    const deadline = performance.now() + context.limit(ATTACH_MS);
    while (!isTraced(pid)) {
      const hasEnded = strace.exitCode !== null || strace.signalCode !== null;
      // A process that runs may have met its signal before anybody could look.
      if (hasEnded && said === "" && effect.startsWith("signal=")) break;
      const goesOn = !hasEnded && performance.now() < deadline;
      context.require("strace-attaches", goesOn, () => `strace did not attach to ${driver.name}: ${said}`);
      await context.sleep(1);
    }
    const result = await action();
    strace.kill("SIGINT");
    // Should it not let go, the kernel does when it ends.
    if ((await within(ended, LET_GO_MS)) === undefined) strace.kill("SIGKILL");
    await ended;
    const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n") : [];
    return { result, hits: lines.filter((line) => /\((INJECTED|DELAYED)\)/.test(line) || line.includes("+++ killed")) };
  } finally {
    strace.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every thread: one that is not would suffer nothing. */
function isTraced(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).every((task) => {
      const status = readFileSync(`/proc/${pid}/task/${task}/status`, "utf8");
      return !/^TracerPid:\t0$/m.test(status);
    });
  } catch {
    return false;
  }
}
