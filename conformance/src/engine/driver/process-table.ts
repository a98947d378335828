import { readdirSync, readFileSync } from "node:fs";
import { sleep } from "../clock.js";

/** The letter of `/proc/<pid>/stat`; undefined when the process is gone or there is no `/proc`. */
export function processState(pid: number, folder = "/proc"): string | undefined {
  try {
    const stat = readFileSync(`${folder}/${pid}/stat`, "utf8");
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return undefined;
  }
}

const children = (pid: number): number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" "))
      .filter((text) => text !== "")
      .map(Number);
  } catch {
    return [];
  }
};

const innermost = (pid: number): number | undefined => {
  try {
    const line = /^NSpid:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return line === undefined ? undefined : Number(line.trim().split(/\s+/).at(-1));
  } catch {
    return undefined;
  }
};

/**
 * The number, here, of the process that calls itself `own`: the started one, or one that its wrappers have started, perhaps
 * in a PID namespace.
 */
export function findProcess(started: number, own: number): number | undefined {
  const waiting = [started];
  for (let pid = waiting.shift(); pid !== undefined; pid = waiting.shift()) {
    if (innermost(pid) === own) return pid;
    waiting.push(...children(pid));
  }
  return started === own ? started : undefined;
}

/** Where the state cannot be read, a stop is trusted to have happened after this time. */
const BLIND_STOP_MS = 100;

/** The states of all threads: the signal reaches them one after another. */
function threadStates(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((task) => processState(Number(task), `/proc/${pid}/task`) ?? "gone");
  } catch {
    return [];
  }
}

/** Waits until all threads of a process stand still, at most so long. False when it ended or went on. */
export async function waitUntilStopped(pid: number, limitMs: number): Promise<boolean> {
  if (process.platform !== "linux") {
    await sleep(BLIND_STOP_MS);
    return true;
  }
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    const states = threadStates(pid);
    if (states.length === 0 || states.includes("Z")) return false;
    if (states.every((state) => state === "T" || state === "t")) return true;
    await sleep(1);
  }
  return false;
}
