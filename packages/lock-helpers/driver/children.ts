import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { acquireFileLock, isFileLockError } from "../src/index.js";
import { find } from "./locks.js";
import { type Request, text } from "./protocol.js";

type Reply = Record<string, unknown>;

const staying = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of staying) child.kill("SIGKILL");
});

/** RELEASE-11. Neither a program nor a worker can be given a lock of ours to release. */
export async function child(request: Request): Promise<Reply> {
  const isStaying = text(request, "ends") === "stay";
  const { lock } = find(request);
  const how = text(request, "how");
  if (how === "exec") return { outcome: "impossible", pid: await execute(isStaying) };
  if (how === "worker") return { outcome: await work(lock.target, isStaying), pid: null };
  throw new TypeError(`Node has no ${how}`);
}

async function execute(isStaying: boolean): Promise<number | null> {
  if (isStaying) {
    const made = spawn("sleep", ["36000"], { stdio: "ignore" });
    await once(made, "spawn");
    staying.add(made);
    made.unref();
    return made.pid!;
  }
  const made = spawn(process.execPath, ["-e", "0"], { stdio: "ignore" });
  await once(made, "exit");
  return null;
}

interface Task {
  readonly target: string;
  readonly isStaying: boolean;
}

async function work(target: string, isStaying: boolean): Promise<string> {
  const task: Task = { target, isStaying };
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  // Both may come in one turn.
  const ended = once(worker, "exit");
  ended.catch(() => {});
  const [said] = await once(worker, "message");
  if (isStaying) worker.unref();
  else await ended;
  // It must not get by force what it cannot release either.
  if (said !== "file_lock_timeout") throw new Error(`the worker's acquire said ${said}`);
  return "impossible";
}

/** The other thread of `work`: has locks of its own in that directory, and ends through its exit hooks. */
export async function runWorker(): Promise<void> {
  const { target, isStaying } = workerData as Task;
  const options = { timeoutMs: 0, witness: process.platform === "linux" ? "always" : "never" } as const;
  const own = await acquireFileLock(`${target}.worker`, options);
  const said = await acquireFileLock(target, options).catch((error: unknown) => error);
  const outcome = isFileLockError(said) ? said.code : String(said);
  parentPort!.postMessage(outcome);
  if (isStaying) setInterval(() => own.verify(), 1000);
  else process.exit(0);
}
