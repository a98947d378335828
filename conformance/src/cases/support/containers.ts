import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import type { CaseContext } from "../../engine/case.js";
import { commandOf } from "./machine.js";

export interface Container {
  /** Wrapper that starts a program inside. */
  readonly enter: readonly string[];
}

/** A PID namespace with a `/proc` of its own, whose first process sleeps and has a file open. */
export async function firstProcess(context: CaseContext, open: string): Promise<Container> {
  const descriptor = openSync(open, "r");
  const child = spawn("unshare", ["--pid", "--fork", "--kill-child", "--mount-proc", "sleep", "3600"], {
    stdio: [descriptor, "ignore", "ignore"],
  });
  closeSync(descriptor);
  const exited = once(child, "exit");
  context.cleanup(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  await once(child, "spawn");
  let inner: number | undefined;
  await context.until("the first process of the namespace sleeps", () => {
    inner = childrenOf(child.pid!).find((pid) => commandOf(pid) === "sleep");
    return inner !== undefined;
  });
  return { enter: ["nsenter", "--target", String(inner), "--pid", "--mount", "--"] };
}

function childrenOf(parent: number): number[] {
  return readdirSync(`/proc/${parent}/task`).flatMap((task) =>
    readFileSync(`/proc/${parent}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
}
