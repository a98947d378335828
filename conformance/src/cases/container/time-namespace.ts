import type { CaseContext, CaseDefinition, Driver, LockOptions, SpawnOptions } from "../../engine/case.js";
import { AS_OTHER_USER, wrapped } from "../support/containers.js";
import { together } from "../support/expect.js";
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
    await together(
      Object.entries(places).map(async ([name, [holders, contenders]]) => {
        const [holder, root, other] = await Promise.all([
          fresh(context, holders),
          fresh(context, contenders),
          fresh(context, wrapped(contenders, AS_OTHER_USER)),
        ]);
        await apart(context, name, holder, { root, other });
      }),
    );
  },
};

const POLICIES: Readonly<Record<string, LockOptions>> = {
  witness: { witness: "always" },
  "no-witness": { witness: "never" },
};

/** Each contender has locks of its own to try for. */
async function apart(
  context: CaseContext,
  name: string,
  holder: Driver,
  contenders: Readonly<Record<string, Driver>>,
): Promise<void> {
  const scenes = Object.entries(POLICIES).flatMap(([policy, options]) =>
    Object.entries(contenders).map(([who, contender]) => ({ id: `${name}-${policy}-${who}`, options, contender })),
  );
  const held = await Promise.all(
    scenes.map(async ({ id, options, contender }) => {
      const lock = await holder.acquire(context.target(`${id}/file.json`), options);
      return { id, lock, contender };
    }),
  );
  const keep = (when: string, options = {}): Promise<void> =>
    together(
      held.map(({ id, lock, contender }) =>
        keptFromTaking(context, contender, lock.target, `${id}-${when}`, "its holder lives", options),
      ),
    );
  await keep("running");
  await holder.stop();
  for (const { lock } of held) age(lock.lockPath);
  await keep("stopped", BEYOND_WATCH);
  holder.cont();
  for (const { id, lock } of held) context.check(`${id}-verified`, await lock.verify(), "the holder lost its lock");
  await holder.kill();
  for (const { id, lock, contender } of held)
    await takenAtOnce(context, contender, lock.target, `${id}-taken`, "its holder was killed");
}
