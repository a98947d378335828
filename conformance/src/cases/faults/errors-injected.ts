import { mkdirSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Attempt, CaseContext, CaseDefinition, Driver, Held, LockOptions, Reply } from "../../engine/case.js";
import { gotIt } from "../support/expect.js";
import { faultsOf, sampled } from "../support/faults.js";
import { guardOf, isThere, lockOf } from "../support/files.js";
import { type Fault, faultText, type Suffered, suffering } from "../support/injection.js";
import { plantDeadLock } from "../support/plants.js";
import { fresh } from "../support/team.js";
import { age } from "../support/times.js";

const REFUSALS = ["file_lock_io", "file_lock_permission", "file_lock_unsupported", "file_lock_timeout"];
const RELEASE_REFUSALS = ["file_lock_io", "file_lock_permission"];
const ERRORS_EACH = 70;
const HOLDS = 5;

export const errorsInjected: CaseDefinition = {
  id: "errors-injected",
  title: "An error of any system call is a typed refusal or none, and afterwards everything works again",
  group: "faults",
  level: "MUST",
  rules: ["PUBLISH-3", "PUBLISH-5", "PUBLISH-9", "RELEASE-4", "RELEASE-6", "RECLAIM-4", "ERROR-1"],
  field: [30, 36, 37, 45, 46, 56],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  environment: ["linux", "root", "strace"],
  how: "strace makes one system call after another fail (no space, I/O, too many files, no access, read-only, stale handle, quota, no memory, interrupted) in a process that takes, keeps, releases or reclaims a lock. It must get the lock, or be refused with a code of the contract; never break down. As soon as the error is gone, a lock that it has taken is verified, is kept from others and can be released; otherwise another process gets the lock in time; then the first one does. No lock and no guard stays, and what else does is swept by age. With --full every call meets every error.",
  timeoutMs: 1_800_000,
  async run(context: CaseContext) {
    const other = await context.spawn();
    for (const scene of scenes(other)) {
      const victim = await fresh(context);
      const directory = join(dirname(context.target()), scene.name);
      mkdirSync(directory);
      let hits = 0;
      const faults = sampled(context, faultsOf(join(directory, "file.json"), scene), scene.count ?? ERRORS_EACH);
      for (const fault of faults) {
        const target = join(directory, "file.json");
        const about: About = { context, scene: scene.name, fault, target, victim, other };
        hits += (await scene.play(about)).hits.length;
        await worksAgain(about);
      }
      context.log("injected", { scene: scene.name, faults: faults.length, hits });
      context.check("errors-came", hits >= faults.length / 8, () => `${scene.name}: ${hits} of ${faults.length}`);
      await victim.bye();
      await sweptByAge(context, directory);
    }
  },
};

interface About {
  readonly context: CaseContext;
  readonly scene: string;
  readonly fault: Fault;
  readonly target: string;
  readonly victim: Driver;
  readonly other: Driver;
}

interface Scene {
  readonly name: string;
  readonly witness?: boolean;
  readonly count?: number;
  play(about: About): Promise<Suffered<unknown>>;
}

function scenes(other: Driver): readonly Scene[] {
  return [
    { name: "release", play: release },
    { name: "acquire", play: (about) => acquire(about, {}) },
    ...(other.has("witness")
      ? [{ name: "with-witness", witness: true, play: (about: About) => acquire(about, { witness: "always" }) }]
      : []),
    {
      name: "reclaim",
      play: (about) => {
        plantDeadLock(about.context, about.target);
        return acquire(about, {});
      },
    },
    { name: "hold", count: HOLDS, play: hold },
  ];
}

async function acquire(about: About, options: LockOptions): Promise<Suffered<Attempt>> {
  const { context, victim, target, fault } = about;
  const suffered = await suffering(context, victim, fault, () =>
    victim.tryAcquire(target, { timeoutMs: 200, ...options }),
  );
  const { result } = suffered;
  if (result.status === "acquired") await reallyHolds(about, result.held, suffered.hits);
  else if (result.status === "refused") typed(about, result, REFUSALS, suffered.hits);
  return suffered;
}

async function release(about: About): Promise<Suffered<Reply>> {
  const { context, victim, target, fault } = about;
  const held = await victim.acquire(target);
  const suffered = await suffering(context, victim, fault, () => held.tryRelease());
  if (suffered.result.status === "refused") {
    typed(about, suffered.result, RELEASE_REFUSALS, suffered.hits);
    context.check("still-held", isThere(lockOf(target)), () => told(about, suffered.hits, "the lock is gone"));
    await releasedLater(about, held, suffered.hits);
  }
  return suffered;
}

async function hold(about: About): Promise<Suffered<unknown>> {
  const { context, victim, target, fault } = about;
  const held = await victim.acquire(target, { staleMs: 300 });
  const suffered = await suffering(context, victim, { ...fault, nth: 1 }, () => context.sleep(1_100));
  if (victim.has("lost")) {
    const { lost } = await held.awaitLost(0);
    context.check("not-lost", !lost, () => told(about, suffered.hits, "a lock that was there is said to be lost"));
  }
  await reallyHolds(about, held, suffered.hits);
  return suffered;
}

async function reallyHolds(about: About, held: Held, hits: readonly string[]): Promise<void> {
  const { context, other, target } = about;
  context.check("verified", await held.verify(), () => told(about, hits, "it does not hold what it has"));
  const attempt = await other.tryAcquire(target, { timeoutMs: 0 });
  context.check("kept", attempt.status === "refused", () => told(about, hits, "another process got it too"));
  await releasedLater(about, held, hits);
}

async function releasedLater(about: About, held: Held, hits: readonly string[]): Promise<void> {
  const reply = await held.tryRelease();
  about.context.check("released", reply.status === "ok", () => told(about, hits, `then ${textOf(reply)}`));
}

/** The cause is gone. */
async function worksAgain({ context, other, victim, target, scene, fault }: About): Promise<void> {
  const why = `${scene}: after ${faultText(fault)}`;
  const options = { timeoutMs: context.limit(4_000) };
  await gotIt(context, "others-get-it", await other.tryAcquire(target, options), why).release();
  await gotIt(context, "gets-it-again", await victim.tryAcquire(target, options), why).release();
  const left = [lockOf(target), guardOf(target)].filter(isThere);
  context.check("nothing-left", left.length === 0, () => `${why}: ${left.join(", ")} stayed`);
}

/** Candidates that could not be unlinked, witnesses that were never finished. */
async function sweptByAge(context: CaseContext, directory: string): Promise<void> {
  const left = (): string[] => readdirSync(directory).filter((name) => name.startsWith(".openclaw-lock-"));
  for (const name of left()) age(join(directory, name));
  const sweeper = await fresh(context);
  await (await sweeper.acquire(join(directory, "swept.json"), { witness: "never" })).release();
  await sweeper.bye();
  await context.until(`${basename(directory)} is swept`, () => left().length === 0, 5_000);
}

function typed(
  about: About,
  reply: Reply & { status: "refused" },
  codes: readonly string[],
  hits: readonly string[],
): void {
  about.context.check("typed", codes.includes(reply.code), () => told(about, hits, textOf(reply)));
}

const textOf = (reply: Reply): string => (reply.status === "ok" ? "ok" : `${reply.code}: ${reply.error.message}`);

const told = ({ scene, fault }: About, hits: readonly string[], what: string): string =>
  `${scene}: ${faultText(fault)}: ${what}\n  ${hits.join("\n  ")}`;
