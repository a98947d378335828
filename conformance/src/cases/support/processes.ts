import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext } from "../../engine/case.js";
import { commandOf, startTicks, stateOf } from "./machine.js";

/** A process that the case started, to be named as the owner of a planted lock. Ended with the case, or before. */
export interface Bystander {
  readonly pid: number;
  readonly starttime: number;
  end(): Promise<void>;
}

export interface SleeperOptions {
  /** Becomes its command name, brackets and control characters included. */
  readonly name?: string;
  readonly uid?: number;
  /** Kept open as the process's standard input. */
  readonly open?: number;
}

/** A process that does nothing until it is ended. */
export async function sleeper(context: CaseContext, options: SleeperOptions = {}): Promise<Bystander> {
  const program = options.name === undefined ? "sleep" : copyOfSleep(context.dir, options.name);
  const child = spawn(program, ["3600"], {
    stdio: [options.open ?? "ignore", "ignore", "ignore"],
    ...(options.uid === undefined ? {} : { uid: options.uid }),
  });
  await once(child, "spawn");
  return bystander(context, child, child.pid!);
}

/** A process that is dead but still listed: its parent lives and never waits for it. */
export async function zombie(context: CaseContext): Promise<Bystander> {
  const parent = spawn("sh", ["-c", "sleep 3600 & echo $!; exec sleep 3600"], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = (await once(parent.stdout!, "data")) as [Buffer];
  const pid = Number(line.toString());
  // The shell would wait for its child; the program that replaces it never does.
  await context.until("the shell has gone", () => commandOf(parent.pid!) === "sleep");
  process.kill(pid, "SIGKILL");
  await context.until("the child is a zombie", () => stateOf(pid) === "Z");
  return bystander(context, parent, pid);
}

/** The pid of a process that has ended and was waited for; the kernel does not give it out again soon. */
export function deadPid(): number {
  return spawnSync("true").pid;
}

function bystander(context: CaseContext, child: ChildProcess, pid: number): Bystander {
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  context.cleanup(end);
  return { pid, starttime: startTicks(pid), end };
}

function copyOfSleep(directory: string, name: string): string {
  const program = join(directory, name);
  copyFileSync("/bin/sleep", program);
  return program;
}
