import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Attempt, CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { leftNothing, wasRefused } from "../support/expect.js";
import { isThere, lockOf } from "../support/files.js";
import { fresh } from "../support/team.js";

export const realLimits: CaseDefinition = {
  id: "real-limits",
  title:
    "File size, descriptors, inodes, and a mount that becomes read-only: typed, nothing left, and over when it is over",
  group: "faults",
  level: "MUST",
  rules: ["PUBLISH-5", "PUBLISH-9", "RELEASE-2", "RELEASE-4", "ERROR-1"],
  field: [30, 32, 36, 37, 45],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  environment: ["linux", "root"],
  how: "With RLIMIT_FSIZE of 100 bytes a write is cut short and then fails; a runtime whose process the kernel ends there leaves a state from which others get the lock. With RLIMIT_NOFILE reached nothing can be opened, neither to take nor to release. A tmpfs has no inode left. A bind mount becomes read-only while the lock is held and somebody waits. A directory is removed while the lock is held and somebody waits. Each time the refusal is typed, nothing is left, and the same process works again when the cause is gone.",
  timeoutMs: 120_000,
  async run(context: CaseContext) {
    await fileSize(context);
    await descriptors(context);
    await inodes(context);
    await readOnlyMount(context);
    await removedDirectory(context);
  },
};

const NO_LIMIT = "unlimited";

/** The soft limit of a process that runs. */
function limit(driver: Driver, resource: "fsize" | "nofile", value: string): void {
  execFileSync("prlimit", ["--pid", String(driver.osPid), `--${resource}=${value}:`]);
}

async function fileSize(context: CaseContext): Promise<void> {
  const target = context.target("file-size/file.json");
  const driver = await fresh(context);
  await (await driver.acquire(target)).release();
  driver.doom();
  limit(driver, "fsize", "100");
  const attempt = await driver.tryAcquire(target, { timeoutMs: 0 });
  context.check("no-lock", !isThere(lockOf(target)), "a lock that could not be written was published");
  if (attempt.status === "ended") context.note(`${driver.name} is ended by the kernel at RLIMIT_FSIZE (SIGXFSZ)`);
  else {
    refusedWith(context, "file-size", attempt, "EFBIG");
    leftNothing(context, "file-size-nothing-left", target, "a write that failed");
    limit(driver, "fsize", NO_LIMIT);
    await (await driver.acquire(target)).release();
  }
  await (await (await context.spawn()).acquire(target)).release();
}

async function descriptors(context: CaseContext): Promise<void> {
  const target = context.target("descriptors/file.json");
  const other = context.target("descriptors/held.json");
  const driver = await fresh(context);
  await (await driver.acquire(target)).release();
  const held = await driver.acquire(other);
  const open = new Set(readdirSync(`/proc/${driver.osPid}/fd`).map(Number));
  let lowestFree = 0;
  while (open.has(lowestFree)) lowestFree += 1;
  limit(driver, "nofile", String(lowestFree));
  refusedWith(context, "descriptors", await driver.tryAcquire(target, { timeoutMs: 0 }), "EMFILE");
  leftNothing(context, "descriptors-nothing-left", target, "an open that failed");
  const reply = await held.tryRelease();
  const isTyped = reply.status === "ok" || (reply.code === "file_lock_io" && reply.error.errno === "EMFILE");
  context.check("descriptors-release", isTyped, () => JSON.stringify(reply).slice(0, 300));
  limit(driver, "nofile", "1024");
  if (reply.status !== "ok") await held.release();
  await (await driver.acquire(target)).release();
  await (await (await context.spawn()).acquire(other)).release();
}

async function inodes(context: CaseContext): Promise<void> {
  const directory = mounted(context, "inodes", ["-t", "tmpfs", "-o", "size=1m,nr_inodes=4,mode=777", "none"]);
  for (let index = 0; index < 3; index += 1) writeFileSync(join(directory, `filler-${index}`), "");
  const target = join(directory, "file.json");
  const driver = await context.spawn();
  refusedWith(context, "inodes", await driver.tryAcquire(target, { timeoutMs: 0, witness: "never" }), "ENOSPC");
  leftNothing(context, "inodes-nothing-left", target, "no inode");
  // On a tmpfs a second name counts as well.
  for (const name of ["filler-0", "filler-1"]) rmSync(join(directory, name));
  await (await driver.acquire(target, { witness: "never" })).release();
}

async function readOnlyMount(context: CaseContext): Promise<void> {
  const directory = mounted(context, "remounted", ["-t", "tmpfs", "-o", "mode=777", "none"]);
  const target = join(directory, "file.json");
  const [holder, waiter] = [await context.spawn(), await fresh(context)];
  const held = await holder.acquire(target);
  const waiting = waiter.startAcquire(target, { timeoutMs: 20_000 });
  await context.sleep(100);
  // One above the other: what is open for writing keeps the lower one writable.
  execFileSync("mount", ["--bind", directory, directory]);
  context.cleanup(() => void spawnSync("umount", ["-l", directory]));
  execFileSync("mount", ["-o", "remount,bind,ro", directory]);
  const reply = await held.tryRelease();
  const isTyped = reply.status === "refused" && reply.code === "file_lock_permission" && reply.error.errno === "EROFS";
  context.check("read-only-release", isTyped, () => JSON.stringify(reply).slice(0, 300));
  context.check("read-only-held", await held.verify(), "it is there and ours, and denied");
  const early = await (await context.spawn()).tryAcquire(join(directory, "other.json"), { timeoutMs: 0 });
  wasRefused(context, "read-only-acquire", early, "file_lock_permission", "the mount is read-only");
  execFileSync("umount", ["-l", directory]);
  await held.release();
  const attempt = await waiting.result;
  const isBounded = attempt.status === "acquired" || (attempt.status === "refused" && isOfTheSystem(attempt.code));
  context.check("read-only-waiter", isBounded, () => JSON.stringify(attempt).slice(0, 300));
  if (attempt.status === "acquired") await attempt.held.release();
  await (await waiter.acquire(target)).release();
}

async function removedDirectory(context: CaseContext): Promise<void> {
  const target = context.target("removed/file.json");
  const [holder, waiter] = [await context.spawn(), await fresh(context)];
  const held = await holder.acquire(target, { witness: "never" });
  const waiting = waiter.startAcquire(target, { timeoutMs: 3_000, witness: "never" });
  await context.sleep(100);
  context.referee.forfeit(held);
  rmSync(dirname(target), { recursive: true });
  const attempt = await waiting.result;
  const isTyped = attempt.status === "acquired" || (attempt.status === "refused" && isOfTheSystem(attempt.code));
  context.check("removed-waiter", isTyped, () => JSON.stringify(attempt).slice(0, 300));
  if (attempt.status === "acquired") await attempt.held.release();
  const reply = await held.tryRelease();
  const isLost = reply.status === "refused" && reply.code === "file_lock_lost";
  context.check("removed-holder", isLost, () => JSON.stringify(reply).slice(0, 300));
  mkdirSync(dirname(target), { recursive: true, mode: 0o777 });
  writeFileSync(target, "{}");
  await (await waiter.acquire(target)).release();
}

const isOfTheSystem = (code: string): boolean =>
  ["file_lock_io", "file_lock_permission", "file_lock_timeout"].includes(code);

function refusedWith(context: CaseContext, check: string, attempt: Attempt, errno: string): void {
  const error = wasRefused(context, check, attempt, "file_lock_io", `${errno} is due`);
  context.check(`${check}-errno`, error.errno === errno, () => `errno is ${error.errno}`);
}

function mounted(context: CaseContext, name: string, args: readonly string[]): string {
  const directory = join(dirname(context.target()), name);
  mkdirSync(directory);
  const { status } = spawnSync("mount", [...args, directory]);
  context.require("mounted", status === 0, "a tmpfs could not be mounted");
  context.cleanup(() => void spawnSync("umount", ["-l", directory]));
  return directory;
}
