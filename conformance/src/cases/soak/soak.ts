import type { CaseContext, CaseDefinition, LockOptions } from "../../engine/case.js";
import { seededRandom } from "../../engine/random.js";
import { sweptAfterwards } from "../support/aftermath.js";
import { CONTAINER } from "../support/containers.js";
import { type Post, watchProgress } from "../support/crowd.js";
import { gotIt } from "../support/expect.js";
import { helpers } from "../support/team.js";
import { ContainerFate, Fate } from "./fate.js";
import { Place } from "./place.js";
import { Tally } from "./tally.js";

const FILES = 3;
const FEW = 200;
const MANY = 2_000;
const STANDSTILL_MS = 20_000;
const PATIENT: LockOptions = { timeoutMs: 3_600_000, staleMs: 1_000 };
const ALWAYS: LockOptions = { ...PATIENT, witness: "always" };

/** How many events `lock-conformance soak --events` asks for. */
export const SOAK_EVENTS = "LOCK_CONFORMANCE_SOAK_EVENTS";

export const soak: CaseDefinition = {
  id: "soak",
  title: "After any number of kills and failing system calls nothing is held twice, lost or wedged",
  group: "soak",
  level: "MUST",
  rules: ["PUBLISH-2", "PUBLISH-9", "RELEASE-4", "RECLAIM-2", "RECLAIM-6", "WITNESS-8", "WAIT-3", "ERROR-1"],
  field: [10, 11, 25, 26, 34, 36, 37, 48, 53],
  profile: "container",
  needs: ["basic", "reclaim", "guard", "witness"],
  environment: ["linux", "root", "unshare", "strace"],
  columns: ["own", "mix"],
  how: "Processes on the host and in two containers count in three files of one directory. To one after the other something happens, many at a time: a system call on the lock fails, or kills it; it is killed at any moment; it stands still; its container is started again. This goes on until 200 kills and errors have come (with --full 2,000; lock-conformance soak takes any number). A refusal must be typed, no number may be counted twice or lost but for a kill, none may stand still, and at the end one try gets each lock, from a container and from the host; what has become old is swept.",
  timeoutMs: 7_200_000,
  async run(context) {
    const tally = new Tally(Number(process.env[SOAK_EVENTS] ?? context.pick(FEW, MANY)));
    const posts = Array.from({ length: FILES }, (_, index): Post => {
      return { target: context.target(`soak/file-${index}.json`), counter: context.counter(`soak-${index}`) };
    });
    const fates = makeFates(context, posts, tally);
    await Promise.all(fates.map((fate) => fate.open()));

    const progress = watchProgress(context, posts);
    const startedAt = performance.now();
    await Promise.all(fates.map((fate) => fate.run()));
    const seconds = (performance.now() - startedAt) / 1_000;
    const standstill = progress.longestStandstillMs();
    const rate = (tally.events / seconds).toFixed(1);
    context.note(`${tally}; ${rate} events a second; the longest standstill was ${Math.round(standstill)} ms`);
    context.check("nobody-wedged", standstill < context.limit(STANDSTILL_MS), () => {
      return `a number stood still for ${Math.round(standstill)} ms`;
    });
    context.check("errors-came", tally.errors > 0, "no system call failed");

    await Promise.all(fates.map((fate) => fate.close()));
    await takenAfterwards(context, posts);
    for (const { counter } of posts) counter.judge({ kills: tally.kills });
    await sweptAfterwards(context, posts[0]!.target);
  },
};

/** Each with random choices of its own, which do not depend on how fast the others are. */
function makeFates(context: CaseContext, posts: readonly Post[], tally: Tally): readonly Fate[] {
  const seed = context.random.integer(0, 2 ** 31);
  const containers = [0, 1].map((index) => new ContainerFate(context, seededRandom(seed, `container-${index}`), tally));
  const hosts = [0, 1, 2].map((index) => new Fate(context, seededRandom(seed, `host-${index}`), tally));
  let next = 0;
  const put = (fate: Fate, where: () => object, options: LockOptions): void => {
    const post = posts[next % posts.length]!;
    fate.places.push(new Place(context, seededRandom(seed, `place-${next++}`), post, where, options, tally));
  };
  for (const fate of containers) {
    for (let seat = 0; seat < 2; seat += 1) put(fate, () => fate.container?.enter ?? CONTAINER, PATIENT);
  }
  for (const fate of hosts) put(fate, () => ({ env: {} }), ALWAYS);
  return [...containers, ...hosts];
}

/** All are dead: nobody is in the way. */
async function takenAfterwards(context: CaseContext, posts: readonly Post[]): Promise<void> {
  for (const member of helpers(context)) {
    for (const where of [CONTAINER, { env: {} }]) {
      const contender = await context.spawn(member, where);
      for (const { target } of posts) {
        const attempt = await contender.tryAcquire(target, { timeoutMs: 0 });
        await gotIt(context, "taken-afterwards", attempt, "everybody has been killed").release();
      }
      await contender.bye();
    }
  }
}
