import { readFileSync } from "node:fs";
import type { CaseContext, CaseDefinition, Driver, KernelLock } from "../../engine/case.js";
import { gotIt, wasRefused } from "../support/expect.js";
import { bytesOf, lockOf } from "../support/files.js";
import { hasKernelLock, namesKernelLock } from "../support/foreign-kinds.js";
import { kernelHolder } from "../support/kernel-holder.js";
import { commandOf } from "../support/machine.js";
import { plantDeadLock } from "../support/plants.js";

const KINDS = [
  ["flock", "WRITE"],
  ["flock", "READ"],
  ["fcntl", "WRITE"],
  ["fcntl", "READ"],
  ["ofd", "WRITE"],
] as const;

export const flockReported: CaseDefinition = {
  id: "flock-reported",
  title: "Who has locked the target in the kernel is named, and never makes the lock held",
  group: "foreign",
  level: "MUST",
  rules: ["FOREIGN-3", "FOREIGN-4"],
  field: [60],
  profile: "reclaim",
  needs: ["basic", "reclaim", "detail", "inspect", "foreign"],
  environment: ["linux", "python3"],
  parallel: true,
  how: "Processes have locked the target with flock, fcntl and open-file-description locks, for reading and writing. An acquire must succeed at once; inspect, free and held, must list the holder with type, access, pid and command, and the refusal of another contender must list and name it, after the one on the lock itself. Of an open-file-description lock the process is the one that has the file open, and none if there are two. Who only waits is not listed.",
  timeoutMs: 60_000,
  async run(context) {
    const [holder, contender] = await Promise.all([context.spawn(), context.spawn()]);
    for (const [type, access] of KINDS) await onTarget(context, holder, contender, type, access);
    await onBoth(context, holder, contender);
    await shared(context, contender);
    await ofTwo(context, contender);
    await ofTheDead(context, contender);
  },
};

async function locked(
  context: CaseContext,
  path: string,
  on: "lock" | "target",
  type: KernelLock["type"],
  access: KernelLock["access"] = "WRITE",
): Promise<KernelLock> {
  const { pid } = await kernelHolder(context, path, type, access);
  return { on, type, access, pid, command: commandOf(pid) };
}

async function onTarget(
  context: CaseContext,
  holder: Driver,
  contender: Driver,
  type: KernelLock["type"],
  access: KernelLock["access"],
): Promise<void> {
  const name = `${type}-${access.toLowerCase()}`;
  const target = context.target(`${name}.json`);
  const due = await locked(context, target, "target", type, access);
  const free = await contender.inspect(target);
  context.check(`${name}-free`, free.verdict === "free", () => `inspect says ${free.verdict}`);
  hasKernelLock(context, `${name}-free`, free.kernelLocks, due);
  const attempt = await holder.tryAcquire(target, { timeoutMs: 0 });
  const held = gotIt(context, `${name}-no-obstacle`, attempt, "OpenClaw does not see such a lock either");
  const seen = await contender.inspect(target);
  context.check(`${name}-held`, seen.verdict === "held", () => `inspect says ${seen.verdict}`);
  hasKernelLock(context, `${name}-held`, seen.kernelLocks, due);
  const error = wasRefused(
    context,
    `${name}-refused`,
    await contender.tryAcquire(target, { timeoutMs: 100 }),
    "file_lock_timeout",
    "the lock is held",
  );
  namesKernelLock(context, `${name}-refused`, error, due);
  await held.release();
}

/** A script has locked our own lock file, which it knows no better; another waits for the target. */
async function onBoth(context: CaseContext, holder: Driver, contender: Driver): Promise<void> {
  const target = context.target("both.json");
  const held = await holder.acquire(target);
  const bytes = bytesOf(held.lockPath);
  const onLock = await locked(context, held.lockPath, "lock", "flock");
  const onTarget = await locked(context, target, "target", "flock");
  const waiting = await kernelHolder(context, target, "wait");
  await context.until("it waits", () => /-> FLOCK/.test(readFileSync("/proc/locks", "utf8")));
  const attempt = await contender.tryAcquire(target, { timeoutMs: 100 });
  const error = wasRefused(context, "both-refused", attempt, "file_lock_timeout", "the lock is held");
  for (const due of [onLock, onTarget]) namesKernelLock(context, `both-${due.on}`, error, due);
  const [first, second, ...more] = error.kernelLocks ?? [];
  const isOrdered = first?.on === "lock" && second?.on === "target" && more.length === 0;
  context.check("both-in-order", isOrdered, () => `the kernel locks are ${JSON.stringify(error.kernelLocks)}`);
  const isListed = error.kernelLocks?.some(({ pid }) => pid === waiting.pid);
  context.check("waiter-not-listed", isListed === false, "a process that only waits is listed");
  context.check("both-verified", (await held.verify()) && bytesOf(held.lockPath) === bytes, "the lock was changed");
  await held.release();
}

/** All who share are listed. */
async function shared(context: CaseContext, contender: Driver): Promise<void> {
  const target = context.target("shared.json");
  const sharing = [
    await locked(context, target, "target", "flock", "READ"),
    await locked(context, target, "target", "flock", "READ"),
    await locked(context, target, "target", "fcntl", "READ"),
  ];
  const { kernelLocks } = await contender.inspect(target);
  for (const due of sharing) hasKernelLock(context, "shared", kernelLocks, due);
}

/** The kernel does not say whose an open-file-description lock is: of two that have the file open it may be either's. */
async function ofTwo(context: CaseContext, contender: Driver): Promise<void> {
  const target = context.target("two.json");
  await kernelHolder(context, target, "ofd");
  await kernelHolder(context, target, "open");
  const { kernelLocks } = await contender.inspect(target);
  const due = { on: "target", type: "ofd", access: "WRITE", pid: null } as const;
  hasKernelLock(context, "two-open", kernelLocks, due);
}

/** A dead holder's lock, not to be taken, says who has locked the target too. */
async function ofTheDead(context: CaseContext, contender: Driver): Promise<void> {
  const target = context.target("dead.json");
  const due = await locked(context, target, "target", "flock");
  plantDeadLock(context, target);
  const attempt = await contender.tryAcquire(target, { timeoutMs: 100, reclaim: false });
  const error = wasRefused(context, "dead-refused", attempt, "file_lock_stale", "its removal is forbidden");
  namesKernelLock(context, "dead", error, due);
  context.excuse(lockOf(target), "its removal was forbidden");
}
