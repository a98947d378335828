import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** What came of the attempt to lock the file itself. */
export type Flock =
  | { readonly kind: "held"; release(): Promise<void>; onLost(tell: () => void): void }
  | { readonly kind: "busy" | "missing" | "failed" | "aborted" };

const BUSY = 199;
// Holds on until our end of the pipe closes, however we die. The descriptor with the lock is the shell's, so that nothing of
// what the command leaves behind has it.
const HOLD = "trap '' HUP INT QUIT TERM TSTP USR1 USR2; echo locked; read -r ended";

/**
 * Locks a file with flock(2), for programs that go by that. Node cannot, so flock(1) does.
 *
 * @param timeoutMs longest wait; 0 tries once.
 */
export async function takeFlock(target: string, timeoutMs: number, signal: AbortSignal): Promise<Flock> {
  const wait = timeoutMs > 0 ? ["-w", (timeoutMs / 1000).toFixed(3)] : ["-n"];
  const args = ["-x", ...wait, "-E", String(BUSY), target, "/bin/sh", "-c", HOLD];
  const holder = spawn("flock", args, { stdio: ["pipe", "pipe", "ignore"] });
  holder.stdin.on("error", () => {});
  const ended = once(holder, "exit").then(([status]) => status as number | null);
  const outcome = await Promise.race([
    once(holder.stdout, "data").then(() => "held" as const),
    once(holder, "error").then(([error]) =>
      (error as NodeJS.ErrnoException).code === "ENOENT" ? ("missing" as const) : ("failed" as const),
    ),
    ended.then(
      (status) => (status === BUSY ? ("busy" as const) : ("failed" as const)),
      () => "failed" as const,
    ),
    aborted(signal).then(() => "aborted" as const),
  ]);
  if (outcome !== "held") {
    holder.kill("SIGKILL");
    return { kind: outcome };
  }
  return held(holder, ended);
}

function held(holder: ChildProcess, ended: Promise<unknown>): Flock {
  let isReleased = false;
  return {
    kind: "held",
    async release() {
      isReleased = true;
      holder.stdin?.end();
      await ended;
    },
    onLost(tell) {
      void ended.then(() => {
        if (!isReleased) tell();
      });
    },
  };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
