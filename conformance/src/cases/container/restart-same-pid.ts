import type { CaseContext, CaseDefinition, ImplementationRef } from "../../engine/case.js";
import { firstIn, orderedPairs } from "../support/containers.js";
import { gotIt, timed } from "../support/expect.js";
import { plantOpenclaw } from "../support/neighbours.js";
import { WATCH_MS } from "../support/times.js";
import { takenAtOnce } from "../support/verdicts.js";

export const restartSamePid: CaseDefinition = {
  id: "restart-same-pid",
  title: "A container that was killed and started again takes over from its own ghost",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-8", "VERDICT-6", "VERDICT-12", "VERDICT-13"],
  field: [48, 57],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare"],
  parallel: true,
  columns: ["own", "mix"],
  how: "Pid 1 of a container holds and is killed (-9); pid 1 of the next container must get the lock with a single try. OpenClaw's own lock of an earlier pid 1, with its start time, looks dead and cannot be proven so: it is taken once it has been watched in silence for two seconds, and at once with trustPids.",
  timeoutMs: 120_000,
  async run(context) {
    for (const pair of orderedPairs(context)) await restart(context, pair);
    await openclaws(context);
  },
};

async function restart(
  context: CaseContext,
  [before, after]: readonly [ImplementationRef, ImplementationRef],
): Promise<void> {
  const target = context.target(`${before.name}-${after.name}.json`);
  const first = await firstIn(context, before);
  await first.acquire(target);
  await first.kill();
  const next = await firstIn(context, after);
  await takenAtOnce(context, next, target, "taken", `pid 1 (${first.name}) was killed with its container`);
}

async function openclaws(context: CaseContext): Promise<void> {
  const contender = await firstIn(context, context.implementation);
  const trusted = context.target("openclaw-trusted.json");
  plantOpenclaw(context, trusted, new Date());
  const attempt = await contender.tryAcquire(trusted, { timeoutMs: 0, trustPids: true });
  await gotIt(context, "trusted-at-once", attempt, "the caller says that nobody else uses the directory").release();

  const target = context.target("openclaw.json");
  plantOpenclaw(context, target);
  const { result, ms } = await timed(() => contender.tryAcquire(target, { timeoutMs: context.limit(20_000) }));
  await gotIt(context, "silent-taken", result, "it has been silent for an hour").release();
  // The runner's clock starts before the contender's.
  context.check("silent-watched", ms >= WATCH_MS, () => `it was taken after ${Math.round(ms)} ms, unwatched`);
}
