import type { CaseContext, CaseDefinition, Driver, ImplementationRef, LockOptions } from "../../engine/case.js";
import { firstIn, orderedPairs } from "../support/containers.js";
import { gotIt, timed } from "../support/expect.js";
import { guardOf, isThere } from "../support/files.js";
import { age } from "../support/times.js";
import { keptFromTaking } from "../support/verdicts.js";

/** What the contract promises; a machine that is busy with other things now and then takes longer. */
const SOON_MS = 1_000;
const NEVER_LATER_MS = 5_000;

export const killedInAContainer: CaseDefinition = {
  id: "killed-in-a-container",
  title:
    "A holder killed in a container is taken over within a second: by a container, by the host, and the host's by a container",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-1", "WITNESS-5", "WITNESS-7", "WITNESS-8", "WAIT-3", "RECLAIM-2"],
  field: [11, 48, 49, 50],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare"],
  columns: ["own", "mix"],
  how: "A holder in a container, or on the host with a witness, stands still: contenders in another container and on the host must keep off. It is killed (-9): a single try, and a contender that has been waiting, must get the lock within a second (half of all the times; none later than five), without a guard left.",
  timeoutMs: 240_000,
  async run(context) {
    const times: number[] = [];
    const pairs = orderedPairs(context);
    for (const pair of pairs) await inEveryDirection(context, pair, times);
    const sorted = [...times].sort((a, b) => a - b);
    const [median = 0, worst = 0] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
    const measured = `took over after ${Math.round(median)} ms (median of ${times.length}), at worst ${Math.round(worst)} ms`;
    context.log("measured", { measured });
    context.check("within-a-second", median < context.limit(SOON_MS), measured);
    context.check("none-late", worst < context.limit(NEVER_LATER_MS), measured);
  },
};

interface Direction {
  readonly name: string;
  readonly holder: () => Promise<Driver>;
  readonly options: LockOptions;
  readonly contender: Driver;
}

async function inEveryDirection(
  context: CaseContext,
  [one, other]: readonly [ImplementationRef, ImplementationRef],
  times: number[],
): Promise<void> {
  const [inside, outside] = await Promise.all([firstIn(context, other), context.spawn(other)]);
  const container = () => firstIn(context, one);
  const host = () => context.spawn(one, { env: {} });
  const always: LockOptions = { witness: "always" };
  const directions: Direction[] = [
    { name: "container-to-container", holder: container, options: {}, contender: inside },
    { name: "container-to-host", holder: container, options: {}, contender: outside },
    { name: "host-to-container", holder: host, options: always, contender: inside },
  ];
  for (const direction of directions) {
    const { name, holder, options, contender } = direction;
    const victim = await holder();
    const tried = await victim.acquire(context.target(`${one.name}-${other.name}-${name}-tried.json`), options);
    const waited = await victim.acquire(context.target(`${one.name}-${other.name}-${name}-waited.json`), options);
    await victim.stop();
    age(tried.lockPath);
    await keptFromTaking(context, contender, tried.target, `${name}-stopped`, `${victim.name} stands still`);

    const waiting = contender.startAcquire(waited.target, { timeoutMs: context.limit(20_000) });
    await victim.kill();
    const single = await timed(() => contender.tryAcquire(tried.target, { timeoutMs: 0 }));
    const inTime = await timed(() => waiting.result);
    const why = `${victim.name} was killed, ${contender.name} wants its lock`;
    for (const [check, { result, ms }] of [
      ["single-try", single],
      ["waiting", inTime],
    ] as const) {
      const held = gotIt(context, `${name}-${check}`, result, why);
      times.push(ms);
      context.check(`${name}-${check}-no-guard`, !isThere(guardOf(held.target)), "the guard was left behind");
      await held.release();
    }
  }
}
