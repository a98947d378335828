import { readFileSync } from "node:fs";
import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { gotIt, timed, wasRefused } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { openclawLock } from "../support/payloads.js";
import { type WallClock, wallClock } from "../support/wall-clock.js";

const LIMIT_MS = 1_000;
const HOURS = 4;

export const clockSteps: CaseDefinition = {
  id: "clock-steps",
  title: "A wall clock that steps by hours changes no wait, robs no holder and loses no lock",
  group: "faults",
  level: "MUST",
  rules: ["WAIT-1", "WAIT-4", "VERDICT-3", "VERDICT-10", "RELEASE-5"],
  field: [8, 58, 82],
  profile: "basic",
  needs: ["basic", "detail"],
  environment: ["linux", "cc"],
  how: "A program under libc's wall clock waits for a held lock while the clock goes four hours ahead and eight back: its wait must end at its limit, or with the release. A holder whose clock has stepped still holds, and is not robbed by a contender whose clock is hours ahead. A program that asks the kernel itself (Go) cannot be lied to in this way: its own tests inject a clock.",
  timeoutMs: 60_000,
  async run(context) {
    const clock = wallClock(context);
    const waiter = await clock.spawn();
    if (!(await isFooled(context, clock, waiter))) {
      context.note("asks the kernel for the time: not fooled, so only the rest was tried");
    }
    const holder = await context.spawn();
    await waitsAsLong(context, clock, holder, waiter);
    await seesRelease(context, clock, holder, waiter);
    await keepsWhatItHolds(context, clock, waiter);
  },
};

/** Its locks are dated by the clock that it sees. */
async function isFooled(context: CaseContext, clock: WallClock, driver: Driver): Promise<boolean> {
  clock.step(HOURS);
  const held = await driver.acquire(context.target("dated.json"));
  const { createdAt } = JSON.parse(readFileSync(held.lockPath, "utf8")) as { createdAt: string };
  clock.step(0);
  await held.release();
  return Date.parse(createdAt) - Date.now() > (HOURS - 1) * 3_600_000;
}

async function waitsAsLong(context: CaseContext, clock: WallClock, holder: Driver, waiter: Driver): Promise<void> {
  const target = context.target("waited-for.json");
  const held = await holder.acquire(target);
  for (const hours of [HOURS, -HOURS]) {
    clock.step(0);
    const { result, ms } = await timed(async () => {
      const pending = waiter.startAcquire(target, { timeoutMs: LIMIT_MS });
      await context.sleep(LIMIT_MS / 4);
      clock.step(hours);
      return pending.result;
    });
    wasRefused(context, "times-out", result, "file_lock_timeout", "the lock is held");
    const isInTime = ms >= LIMIT_MS - 5 && ms < LIMIT_MS + context.limit(2_000);
    context.check("at-its-limit", isInTime, () => `a limit of ${LIMIT_MS} ms ended after ${Math.round(ms)} ms`);
    context.check("not-robbed", await held.verify(), `its clock stepped by ${hours} hours, and the holder was robbed`);
  }
  await held.release();
}

async function seesRelease(context: CaseContext, clock: WallClock, holder: Driver, waiter: Driver): Promise<void> {
  const target = context.target("released.json");
  const held = await holder.acquire(target);
  clock.step(HOURS);
  const pending = waiter.startAcquire(target, { timeoutMs: context.limit(20_000) });
  await context.sleep(100);
  clock.step(-HOURS);
  await held.release();
  const { result, ms } = await timed(() => pending.result);
  const got = gotIt(context, "acquires", result, "the lock was released");
  context.check("soon", ms < context.limit(3_000), () => `it took ${Math.round(ms)} ms after the release`);
  await got.release();
}

async function keepsWhatItHolds(context: CaseContext, clock: WallClock, stepped: Driver): Promise<void> {
  const target = context.target("kept.json");
  const held = await stepped.acquire(target, { staleMs: 1_000 });
  for (const hours of [HOURS, -HOURS]) {
    clock.step(hours);
    await context.sleep(400);
    context.check("still-held", await held.verify(), `the clock stepped by ${hours} hours`);
  }
  await held.release();

  clock.step(HOURS);
  const bystander = process.pid;
  const theirs = context.target("theirs.json");
  context.bystander("the suite", bystander);
  const payload = openclawLock({ pid: bystander });
  context.plant(lockOf(theirs), payload);
  const result = await stepped.tryAcquire(theirs, { timeoutMs: 300 });
  wasRefused(context, "openclaws", result, "file_lock_timeout", "its owner lives, and is four hours old by this clock");
  clock.step(0);
}
