import type { CaseContext, CaseDefinition, Driver, ImplementationRef, LockOptions } from "../../engine/case.js";
import { firstIn, orderedPairs } from "../support/containers.js";
import { contend } from "../support/contention.js";
import { gotIt, together } from "../support/expect.js";
import { age, BEYOND_WATCH } from "../support/times.js";
import { keptFromTaking } from "../support/verdicts.js";

export const twoLivePid1: CaseDefinition = {
  id: "two-live-pid1",
  title: "Two containers that share a directory, each with its pid 1, exclude each other",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-1", "WITNESS-7", "VERDICT-4", "VERDICT-10", "VERDICT-12"],
  field: [16, 49, 50],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare"],
  columns: ["own", "mix"],
  how: "Two processes are pid 1 in PID namespaces of their own. One holds, with a witness (made unasked, since it is in a container) and without one; the other contends with a staleMs of 100 ms, while the holder runs and while it stands still, its locks made to look an hour old. Neither lock may be taken. Then all contend at once, and the number that they count must equal the holds.",
  timeoutMs: 180_000,
  async run(context) {
    const crews = await Promise.all(orderedPairs(context).map((pair) => meet(context, pair)));
    await contend(context, crews.flat(), { rounds: context.pick(10, 100), holdMs: 1 });
  },
};

type Pair = readonly [ImplementationRef, ImplementationRef];

async function meet(context: CaseContext, [one, other]: Pair): Promise<Driver[]> {
  // One after the other: two that start in one tick of the kernel's clock could not be told apart by a wrong verdict.
  const holder = await firstIn(context, one);
  const contender = await firstIn(context, other);
  const scenes: Readonly<Record<string, LockOptions>> = { witness: {}, "no-witness": { witness: "never" } };
  const held = await Promise.all(
    Object.entries(scenes).map(async ([name, options]) => {
      const lock = await holder.acquire(context.target(`${one.name}-${other.name}-${name}/file.json`), options);
      const isAsAsked = (lock.witness === null) === (options.witness === "never");
      context.check(`${name}-as-asked`, isAsAsked, () => `${holder.name} names the witness ${lock.witness}`);
      return { name, lock };
    }),
  );
  const keep = async (when: string, options = {}): Promise<void> => {
    const waiting = held.map(({ name, lock }) =>
      keptFromTaking(context, contender, lock.target, `${name}-${when}`, `${holder.name} is alive`, options),
    );
    await together(waiting);
  };
  await keep("running");
  await holder.stop();
  for (const { lock } of held) age(lock.lockPath);
  await keep("stopped", BEYOND_WATCH);
  holder.cont();
  for (const { name, lock } of held) {
    context.check(`${name}-still-held`, await lock.verify(), `${holder.name} lost its lock while it stood still`);
    await lock.release();
    const attempt = await contender.tryAcquire(lock.target, { timeoutMs: 0 });
    await gotIt(context, `${name}-handed-over`, attempt, `${holder.name} has released it`).release();
  }
  return [holder, contender];
}
