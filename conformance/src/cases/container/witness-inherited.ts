import type { CaseContext, CaseDefinition, Driver, SpawnOptions } from "../../engine/case.js";
import { CONTAINER } from "../support/containers.js";
import { together } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { forkingOwner } from "../support/forking-owner.js";
import { fresh } from "../support/team.js";
import { age, BEYOND_WATCH } from "../support/times.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

export const witnessInherited: CaseDefinition = {
  id: "witness-inherited",
  title: "A fork that has its dead parent's witness is found out where it can be, and waited for elsewhere",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-7", "WITNESS-8"],
  field: [21],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare", "python3"],
  parallel: true,
  how: "An owner in a container holds with a witness, and has forked without closing it. While the owner lives its lock is kept. It dies, and the fork goes on: on the host, a contender that can ask for a socket's maker (peer-credentials) must take the lock at once; any other contender, and any in another container, where the maker cannot be seen, must wait until the fork has ended, and then take it at once.",
  timeoutMs: 60_000,
  async run(context) {
    await together([seenFrom(context, "host", {}), seenFrom(context, "container", CONTAINER)]);
  },
};

async function seenFrom(context: CaseContext, name: string, place: SpawnOptions): Promise<void> {
  const target = context.target(`${name}/file.json`);
  const owner = await forkingOwner(context, target, CONTAINER);
  const contender: Driver = await fresh(context, place);
  age(lockOf(target));
  await keptFromTaking(context, contender, target, `${name}-alive`, "its owner lives", BEYOND_WATCH);
  await owner.die();
  if (name === "host" && contender.has("peer-credentials")) {
    await takenAtOnce(context, contender, target, "host-found-out", "its owner is dead, a fork has its witness");
    return;
  }
  await keptFromTaking(context, contender, target, `${name}-fork-waited-for`, "its witness answers", BEYOND_WATCH);
  await owner.endFork();
  await takenAtOnce(context, contender, target, `${name}-fork-ended`, "its witness refuses");
}
