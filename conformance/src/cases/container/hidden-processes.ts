import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { AS_OTHER_USER, CONTAINER, firstProcess, wrapped } from "../support/containers.js";
import { together } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { openclawLock } from "../support/payloads.js";
import { fresh } from "../support/team.js";
import { age, BEYOND_WATCH, HOUR_AGO } from "../support/times.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

const HIDEPID = ["unshare", "--mount", "sh", "-c", 'mount -t proc -o hidepid=2 proc /proc && exec "$@"', "sh"];

export const hiddenProcesses: CaseDefinition = {
  id: "hidden-processes",
  title: "A process that hidepid hides from a contender is not dead",
  group: "container",
  level: "MUST",
  rules: ["VERDICT-5", "VERDICT-7", "VERDICT-8", "VERDICT-2"],
  field: [15, 50, 51],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare", "hidepid"],
  parallel: true,
  how: "A contender of another user sees only its own processes in /proc. In one PID namespace with it a holder, without a witness, and a living process that OpenClaw's old lock names must be kept, and the killed holder's lock taken at once. On the host it must keep the lock of a holder in a container that it cannot search for, and take it at once for its witness when that was killed.",
  timeoutMs: 60_000,
  async run(context) {
    await together([inOneNamespace(context), onTheHost(context)]);
  },
};

async function inOneNamespace(context: CaseContext): Promise<void> {
  const { enter } = await firstProcess(context);
  const holder = await fresh(context, enter);
  const contender = await fresh(context, wrapped(enter, HIDEPID, AS_OTHER_USER));
  const held = await holder.acquire(context.target("here/file.json"), { witness: "never" });
  age(held.lockPath);
  const named = context.target("named/file.json");
  const createdAt = HOUR_AGO().toISOString();
  context.plant(lockOf(named), openclawLock({ pid: holder.pid, createdAt }), { mtime: HOUR_AGO() });
  await together([
    keptFromTaking(context, contender, held.target, "here-kept", "its holder lives, hidden", BEYOND_WATCH),
    keptFromTaking(context, contender, named, "named-kept", "the process that it names lives, hidden", BEYOND_WATCH),
  ]);
  await holder.kill();
  await takenAtOnce(context, contender, held.target, "here-taken", "its holder was killed");
}

async function onTheHost(context: CaseContext): Promise<void> {
  const contender = await fresh(context, wrapped(HIDEPID, AS_OTHER_USER));
  const holder = await fresh(context, CONTAINER);
  const bare = await holder.acquire(context.target("bare/file.json"), { witness: "never" });
  const seen = await holder.acquire(context.target("seen/file.json"));
  for (const { lockPath } of [bare, seen]) age(lockPath);
  await together([
    keptFromTaking(context, contender, bare.target, "bare-kept", "it cannot be searched for", BEYOND_WATCH),
    keptFromTaking(context, contender, seen.target, "seen-kept", "its witness answers", BEYOND_WATCH),
  ]);
  await holder.kill();
  await takenAtOnce(context, contender, seen.target, "seen-taken", "its holder was killed");
}
