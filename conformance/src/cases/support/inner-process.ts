import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { CaseContext } from "../../engine/case.js";

/** Writes the last number that was given out in its namespace, and starts a process. */
const SCRIPT = 'echo "$1" > /proc/sys/kernel/ns_last_pid && { sleep 36000 & echo $!; wait; }';

/** A process in a PID namespace whose number there is nobody's here. Answers the number. */
export async function innerProcess(context: CaseContext): Promise<number> {
  let before = 20_000;
  while (existsSync(`/proc/${before + 1}`)) before += 1;
  const unshare = ["--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", SCRIPT, "sh", String(before)];
  const child = spawn("unshare", unshare, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  context.cleanup(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  let inner: number | undefined;
  createInterface({ input: child.stdout }).on("line", (line) => {
    inner = Number(line);
  });
  await context.until("a process of a namespace sleeps", () => inner !== undefined);
  context.require("inner-number", inner === before + 1, () => `its number is ${inner}, not ${before + 1}`);
  return inner!;
}
