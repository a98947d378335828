import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { gotIt, keeps, wasRefused } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { isNamed } from "../support/foreign-kinds.js";
import { inInitialNamespace } from "../support/machine.js";
import { sleeper } from "../support/processes.js";
import { takenAtOnce } from "../support/verdicts.js";

const OLD = new Date("2020-01-01T00:00:00.000Z");
const FOREIGN = { timeoutMs: 10_000, foreignTimeoutMs: 100 };

export const zeroByte: CaseDefinition = {
  id: "zero-byte",
  title: "An empty lock is waited for while it is young, and taken only when nobody can have it",
  group: "foreign",
  level: "MUST",
  rules: ["VERDICT-9", "VERDICT-3", "ERROR-1"],
  field: [34, 35],
  profile: "reclaim",
  needs: ["basic", "reclaim", "detail"],
  environment: ["linux"],
  parallel: true,
  how: "A young empty lock may be about to be written: it is waited for. One from 2020 that nobody has open is taken. One that somebody has open, and one under a kernel lock, are refused as foreign, named, and kept.",
  timeoutMs: 40_000,
  async run(context) {
    const contender = await context.spawn();
    await young(context, contender);
    await opened(context, contender);
    await locked(context, contender);
    if (!inInitialNamespace()) return;
    const target = context.target("abandoned.json");
    context.plant(lockOf(target), "", { mtime: OLD });
    await takenAtOnce(context, contender, target, "abandoned-taken", "nobody has had it open for years");
  },
};

async function young(context: CaseContext, contender: Driver): Promise<void> {
  const target = context.target("young.json");
  context.plant(lockOf(target), "");
  const pending = contender.startAcquire(target, { ...FOREIGN, timeoutMs: context.limit(15_000) });
  await context.sleep(400);
  context.check("young-waited-for", !pending.settled, "an empty lock of 0.4 s was not waited for");
  keeps(context, "young-kept", lockOf(target), "", "its writer may be about to write");
  rmSync(lockOf(target), { force: true });
  await gotIt(context, "young-released", await pending.result, "its writer has removed it").release();
}

async function opened(context: CaseContext, contender: Driver): Promise<void> {
  const target = context.target("opened.json");
  context.plant(lockOf(target), "", { mtime: OLD });
  const descriptor = openSync(lockOf(target), "r");
  await sleeper(context, { open: descriptor });
  closeSync(descriptor);
  await refusedAs(context, contender, target, "empty", "empty");
}

async function locked(context: CaseContext, contender: Driver): Promise<void> {
  const target = context.target("locked.json");
  context.plant(lockOf(target), "", { mtime: OLD });
  const flock = spawn("flock", [lockOf(target), "sleep", "3600"], { stdio: "ignore", detached: true });
  await once(flock, "spawn");
  const exited = once(flock, "exit");
  context.cleanup(async () => {
    // The whole group: flock's child has the lock too.
    process.kill(-flock.pid!, "SIGKILL");
    await exited;
  });
  await context.until("the kernel lock is there", () => isKernelLocked(lockOf(target)));
  await refusedAs(context, contender, target, "empty-kernel-locked", "flock");
}

async function refusedAs(
  context: CaseContext,
  contender: Driver,
  target: string,
  check: string,
  kind: string,
): Promise<void> {
  const attempt = await contender.tryAcquire(target, FOREIGN);
  const error = wasRefused(context, check, attempt, "file_lock_foreign", "it is used");
  isNamed(context, `${check}-named`, contender, error, kind);
  keeps(context, `${check}-kept`, lockOf(target), "", "somebody has it");
}

function isKernelLocked(path: string): boolean {
  const { ino } = statSync(path);
  return readFileSync("/proc/locks", "utf8").includes(`:${ino} `);
}
