import type { CaseContext, CaseDefinition, Driver, LockOptions, SpawnOptions } from "../../engine/case.js";
import { AS_OTHER_USER, wrapped } from "../support/containers.js";
import { fresh } from "../support/team.js";
import { age, BEYOND_WATCH } from "../support/times.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

const DAY_S = "86400";
const TOMORROW: SpawnOptions = {
  wrapper: ["unshare", "--time", "--boottime", DAY_S, "--monotonic", DAY_S, "--fork", "--kill-child"],
};

export const timeNamespace: CaseDefinition = {
  id: "time-namespace",
  title: "A start time of another time namespace is not compared",
  group: "container",
  level: "MUST",
  rules: ["VERDICT-4", "VERDICT-6", "WITNESS-7"],
  field: [20],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare", "time-namespace"],
  parallel: true,
  how: "Holder and contender share a PID namespace, and one of them is in a time namespace that is a day ahead. The holder has one lock with a witness and one without; contenders that may look at its descriptors, and of another user who may not, must keep both while it runs and while it stands still. Killed, both are taken at once.",
  timeoutMs: 90_000,
  async run(context) {
    const places: Readonly<Record<string, readonly [SpawnOptions, SpawnOptions]>> = {
      "contender-ahead": [{}, TOMORROW],
      "holder-ahead": [TOMORROW, {}],
    };
    await Promise.all(
      Object.entries(places).map(async ([name, [holders, contenders]]) => {
        const [holder, root, other] = await Promise.all([
          fresh(context, holders),
          fresh(context, contenders),
          fresh(context, wrapped(contenders, AS_OTHER_USER)),
        ]);
        await apart(context, name, holder, [root, other]);
      }),
    );
  },
};

const POLICIES: Readonly<Record<string, LockOptions>> = {
  witness: { witness: "always" },
  "no-witness": { witness: "never" },
};

async function apart(context: CaseContext, name: string, holder: Driver, contenders: readonly Driver[]): Promise<void> {
  const held = await Promise.all(
    Object.entries(POLICIES).map(async ([policy, options]) => ({
      policy,
      lock: await holder.acquire(context.target(`${name}-${policy}/file.json`), options),
    })),
  );
  const keep = async (when: string, options = {}): Promise<void> => {
    const waiting = held.flatMap(({ policy, lock }) =>
      contenders.map((contender) =>
        keptFromTaking(context, contender, lock.target, `${name}-${policy}-${when}`, "its holder lives", options),
      ),
    );
    await Promise.all(waiting);
  };
  await keep("running");
  await holder.stop();
  for (const { lock } of held) age(lock.lockPath);
  await keep("stopped", BEYOND_WATCH);
  holder.cont();
  for (const { policy, lock } of held)
    context.check(`${name}-${policy}-verified`, await lock.verify(), "the holder lost its lock");
  await holder.kill();
  for (const [index, { policy, lock }] of held.entries())
    await takenAtOnce(context, contenders[index]!, lock.target, `${name}-${policy}-taken`, "its holder was killed");
}
