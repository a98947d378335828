import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { firstProcess } from "../support/containers.js";
import { together } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { openclawLock } from "../support/payloads.js";
import { fresh } from "../support/team.js";
import { age, BEYOND_WATCH, HOUR_AGO } from "../support/times.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

export const namespaceWithoutProc: CaseDefinition = {
  id: "namespace-without-proc",
  title: "What /proc says of another PID namespace's numbers is not believed",
  group: "container",
  level: "MUST",
  rules: ["VERDICT-5", "VERDICT-6", "VERDICT-7", "PAYLOAD-4"],
  field: [48, 49, 51],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare"],
  parallel: true,
  how: "In a PID namespace whose /proc still shows the outer one, pid 1 has OpenClaw's old lock open, and a helper holds without a witness: a contender in the same namespace must keep both, although /proc shows other processes at their numbers, that started at other times and have nothing open. Killed, the helper's lock is taken at once.",
  timeoutMs: 60_000,
  async run(context: CaseContext) {
    const owned = context.target("owned/file.json");
    const createdAt = HOUR_AGO().toISOString();
    context.plant(lockOf(owned), openclawLock({ pid: 1, createdAt }), { mtime: HOUR_AGO() });
    const { enter } = await firstProcess(context, { open: lockOf(owned), proc: "outer" });
    const holder = await fresh(context, enter);
    const contender = await fresh(context, enter);
    const isOwn = holder.pid !== holder.osPid;
    context.require("numbers-differ", isOwn, () => `the holder is ${holder.pid} inside and outside`);
    const held = await holder.acquire(context.target("held/file.json"), { witness: "never" });
    age(held.lockPath);
    await together([
      keptFromTaking(context, contender, owned, "owned-kept", "pid 1 has it open", BEYOND_WATCH),
      keptFromTaking(context, contender, held.target, "held-kept", "its holder lives", BEYOND_WATCH),
    ]);
    context.check("verified", await held.verify(), "the holder lost its lock");
    await holder.kill();
    await takenAtOnce(context, contender, held.target, "taken", "its holder was killed");
  },
};
