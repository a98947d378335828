import { readFileSync, statSync, utimesSync } from "node:fs";
import type { CaseContext, CaseDefinition, Driver, LockOptions } from "../../engine/case.js";
import { CONTAINER } from "../support/containers.js";
import { gotIt, keeps, timed, together, wasRefused } from "../support/expect.js";
import { bytesOf, lockOf, replaceFile } from "../support/files.js";
import { plantNeighbour, plantOpenclaw } from "../support/neighbours.js";
import { fresh } from "../support/team.js";
import { touch, WATCH_MS } from "../support/times.js";

/** File times are no finer than the kernel's tick, and a first look takes its time. */
const COARSE_MS = 50;

const PATIENT: LockOptions = { timeoutMs: 30_000, staleMs: 100 };

export const noSignOfLife: CaseDefinition = {
  id: "no-sign-of-life",
  title:
    "What looks dead and cannot be proven so is taken after two watched seconds of silence, and not while it beats",
  group: "container",
  level: "MUST",
  rules: ["VERDICT-12", "VERDICT-4", "VERDICT-3"],
  field: [16, 48, 57, 58],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare"],
  parallel: true,
  how: "A container finds OpenClaw's lock of another one, and a helper's of an earlier boot, all of an hour ago. Left alone, they are taken after two seconds, not before; touched or rewritten meanwhile, two seconds after that; touched all the time, never. A lock that promises a beat every 1.5 s must have missed three of them before those two seconds, a young one its staleMs. A contender that itself stood still has not watched. A helper's lock of another container of this boot is never taken for its silence.",
  timeoutMs: 120_000,
  async run(context) {
    const [inside, sleepy, outside] = await Promise.all([
      fresh(context, CONTAINER),
      fresh(context, CONTAINER),
      fresh(context),
    ]);
    await together([
      silent(context, inside, "openclaw", plantOpenclaw),
      silent(context, inside, "earlier-boot", (at, target) => plantNeighbour(at, target, { otherBoot: true })),
      silent(context, outside, "earlier-boot-host", (at, target) => plantNeighbour(at, target, { otherBoot: true })),
      disturbed(context, inside, "touched", touch),
      disturbed(context, inside, "rewritten", rewrite),
      beating(context, inside),
      promised(context, inside),
      young(context, inside),
      neighbour(context, inside),
      asleep(context, sleepy),
    ]);
  },
};

/** The runner's clock starts before the contender's, so the contender has watched for less than this. */
async function takenNotBefore(
  context: CaseContext,
  contender: Driver,
  target: string,
  name: string,
  leastMs: number,
  options: LockOptions = {},
): Promise<void> {
  const given = { ...PATIENT, timeoutMs: context.limit(30_000), ...options };
  const { result, ms } = await timed(() => contender.tryAcquire(target, given));
  const held = gotIt(context, `${name}-taken`, result, "nobody has given a sign of life");
  context.check(`${name}-not-before`, ms >= leastMs, () => `taken after ${Math.round(ms)} ms, not ${leastMs}`);
  await held.release();
}

async function silent(
  context: CaseContext,
  contender: Driver,
  name: string,
  plant: (context: CaseContext, target: string) => unknown,
): Promise<void> {
  const target = context.target(`${name}.json`);
  plant(context, target);
  await takenNotBefore(context, contender, target, name, WATCH_MS);
}

const DISTURBED_MS = 1_200;

async function disturbed(
  context: CaseContext,
  contender: Driver,
  name: string,
  disturb: (path: string) => void,
): Promise<void> {
  const target = context.target(`${name}.json`);
  plantOpenclaw(context, target);
  const taking = takenNotBefore(context, contender, target, name, DISTURBED_MS + WATCH_MS);
  await context.sleep(DISTURBED_MS);
  disturb(lockOf(target));
  context.planted(lockOf(target));
  await taking;
}

/** Other bytes, as old as before. */
function rewrite(path: string): void {
  const { mtime } = statSync(path);
  replaceFile(path, `${readFileSync(path, "utf8").trimEnd()} \n`);
  utimesSync(path, mtime, mtime);
}

async function beating(context: CaseContext, contender: Driver): Promise<void> {
  const target = context.target("beating.json");
  plantOpenclaw(context, target);
  const bytes = bytesOf(lockOf(target));
  const heart = setInterval(touch, 100, lockOf(target));
  context.cleanup(() => clearInterval(heart));
  const attempt = await contender.tryAcquire(target, { staleMs: 3_000, timeoutMs: WATCH_MS + 2_500 });
  wasRefused(context, "beating-kept", attempt, "file_lock_timeout", "it is touched ten times a second");
  keeps(context, "beating-untouched", lockOf(target), bytes, "somebody touches it");
  clearInterval(heart);
}

/** Three beats are more than staleMs here. */
async function promised(context: CaseContext, contender: Driver): Promise<void> {
  const target = context.target("promised.json");
  plantNeighbour(context, target, { otherBoot: true, other: { heartbeatMs: 1_500 }, mtime: new Date() });
  await takenNotBefore(context, contender, target, "promised", 3 * 1_500 + WATCH_MS - COARSE_MS);
}

async function young(context: CaseContext, contender: Driver): Promise<void> {
  const target = context.target("young.json");
  plantOpenclaw(context, target, new Date());
  await takenNotBefore(context, contender, target, "young", 3_000 + WATCH_MS - COARSE_MS, { staleMs: 3_000 });
}

async function neighbour(context: CaseContext, contender: Driver): Promise<void> {
  const target = context.target("neighbour.json");
  const bytes = plantNeighbour(context, target);
  const attempt = await contender.tryAcquire(target, { staleMs: 100, timeoutMs: 5_000 });
  wasRefused(context, "neighbour-kept", attempt, "file_lock_timeout", "a stopped holder is silent too");
  keeps(context, "neighbour-untouched", lockOf(target), bytes, "its holder may stand still in its container");
}

/** Time in which the contender itself did nothing is not time in which it watched. */
async function asleep(context: CaseContext, contender: Driver): Promise<void> {
  const target = context.target("asleep.json");
  plantOpenclaw(context, target);
  const pending = contender.startAcquire(target, { ...PATIENT, timeoutMs: context.limit(30_000) });
  await context.sleep(300);
  await contender.stop();
  await context.sleep(WATCH_MS);
  contender.cont();
  const { result, ms } = await timed(() => pending.result);
  const held = gotIt(context, "asleep-taken", result, "nobody has given a sign of life");
  const due = WATCH_MS - 500;
  context.check("asleep-not-before", ms >= due, () => `taken ${Math.round(ms)} ms after it woke, not ${due}`);
  await held.release();
}
