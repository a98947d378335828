import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { CaseContext } from "../../engine/case.js";

/** Locks a file in the kernel, says so, and keeps the lock until its input ends. `wait` says `waits` and waits for it. */
const SCRIPT = `
import fcntl, os, struct, sys
path, kind, access = sys.argv[1:4]
file = os.open(path, os.O_RDWR if access == "WRITE" else os.O_RDONLY)
exclusive = access == "WRITE"
if kind == "wait":
    print("waits", flush=True)
    fcntl.flock(file, fcntl.LOCK_EX)
elif kind == "flock":
    fcntl.flock(file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
elif kind == "fcntl":
    fcntl.lockf(file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
elif kind == "ofd":
    lock = struct.pack("hhqqi4x", fcntl.F_WRLCK if exclusive else fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
    fcntl.fcntl(file, getattr(fcntl, "F_OFD_SETLK", 37), lock)
print("locked", flush=True)
sys.stdin.readline()
`;

export interface KernelHolder {
  readonly pid: number;
  end(): Promise<void>;
}

/** `open`: has the file open, and no lock. */
export async function kernelHolder(
  context: CaseContext,
  path: string,
  kind: "flock" | "fcntl" | "ofd" | "wait" | "open",
  access: "READ" | "WRITE" = "WRITE",
): Promise<KernelHolder> {
  const child = spawn("python3", ["-c", SCRIPT, path, kind, access], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const said: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => said.push(line));
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  context.cleanup(end);
  await context.until(`a process has its ${kind} lock`, () => said.length > 0);
  return { pid: child.pid!, end };
}
