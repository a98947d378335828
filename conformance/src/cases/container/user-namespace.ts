import type { CaseDefinition, LockOptions, SpawnOptions } from "../../engine/case.js";
import { together } from "../support/expect.js";
import { fresh } from "../support/team.js";
import { age, BEYOND_WATCH } from "../support/times.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

const ROOTLESS: SpawnOptions = { wrapper: ["unshare", "-Urpf", "--kill-child", "--mount-proc"] };
const ALWAYS: LockOptions = { witness: "always" };

export const userNamespace: CaseDefinition = {
  id: "user-namespace",
  title: "A rootless container and its host exclude each other, and take over each other's dead",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-7", "WITNESS-8", "VERDICT-4"],
  field: [49, 50],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "unshare", "user-namespace"],
  parallel: true,
  how: "A holder in a user and PID namespace is contended for from outside, a holder outside from within, and one within from a second such namespace: kept while it stands still and looks an hour old, taken at once when it was killed.",
  timeoutMs: 60_000,
  async run(context) {
    const places: Readonly<Record<string, readonly [SpawnOptions, SpawnOptions]>> = {
      "held-inside": [ROOTLESS, {}],
      "held-outside": [{}, ROOTLESS],
      "held-beside": [ROOTLESS, ROOTLESS],
    };
    await together(
      Object.entries(places).map(async ([name, [holders, contenders]]) => {
        const [holder, contender] = await Promise.all([fresh(context, holders), fresh(context, contenders)]);
        const held = await holder.acquire(context.target(`${name}/file.json`), ALWAYS);
        await holder.stop();
        age(held.lockPath);
        await keptFromTaking(context, contender, held.target, `${name}-kept`, "its holder lives", BEYOND_WATCH);
        holder.cont();
        context.check(`${name}-verified`, await held.verify(), "the holder lost its lock");
        await holder.kill();
        await takenAtOnce(context, contender, held.target, `${name}-taken`, "its holder was killed");
      }),
    );
  },
};
