import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { firstProcess } from "../support/containers.js";
import { lockOf } from "../support/files.js";
import { openclawLock } from "../support/payloads.js";
import { fresh } from "../support/team.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

const BEFORE_RESTART = new Date("2026-01-01T00:00:00.000Z");
const OWN_NAMESPACE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];

export const seedPid1: CaseDefinition = {
  id: "seed-pid-1",
  title: "The lock that says pid 1 does not survive a restart of its container",
  group: "staleness",
  level: "MUST",
  rules: ["VERDICT-1", "VERDICT-7", "PAYLOAD-4"],
  field: [48, 51],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  environment: ["linux", "root", "unshare"],
  how: 'A directory that survived a restart holds OpenClaw\'s `{"pid":1,"createdAt":…}`. A contender that is pid 1 itself, and one beside another pid 1, must take it. While pid 1 has the file open it must be kept.',
  timeoutMs: 40_000,
  async run(context: CaseContext) {
    const itself = await fresh(context, { wrapper: OWN_NAMESPACE });
    context.require("is-pid-1", itself.pid === 1, () => `the contender is ${itself.pid} in its namespace`);
    const restarted = leftOver(context, "restarted.json");
    await takenAtOnce(context, itself, restarted, "own-pid", "the contender itself is pid 1 now");

    const owned = leftOver(context, "owned.json");
    const init = await firstProcess(context, { open: lockOf(owned) });
    const neighbour = await fresh(context, init.enter);
    await keptFromTaking(context, neighbour, owned, "owner-has-it-open", "pid 1 has it open");
    const abandoned = leftOver(context, "abandoned.json");
    await takenAtOnce(context, neighbour, abandoned, "stranger", "pid 1 does not have it open");
  },
};

function leftOver(context: CaseContext, name: string): string {
  const target = context.target(name);
  const lock = openclawLock({ pid: 1, createdAt: BEFORE_RESTART.toISOString() });
  context.plant(lockOf(target), lock, { mtime: BEFORE_RESTART });
  return target;
}
