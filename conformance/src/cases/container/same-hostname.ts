import type { CaseContext, CaseDefinition, Driver, SpawnOptions } from "../../engine/case.js";
import { lockOf } from "../support/files.js";
import { ownDomain } from "../support/machine.js";
import { helperLock } from "../support/payloads.js";
import { deadPid, sleeper } from "../support/processes.js";
import { fresh } from "../support/team.js";
import { age, BEYOND_WATCH } from "../support/times.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

const named =
  (...kinds: readonly string[]) =>
  (name: string): SpawnOptions => ({
    wrapper: [
      "unshare",
      "--uts",
      "--fork",
      "--kill-child",
      ...kinds,
      "sh",
      "-c",
      `hostname ${name} && exec "$@"`,
      "sh",
    ],
  });

const container = named("--pid", "--mount-proc");
const host = named();

export const sameHostname: CaseDefinition = {
  id: "same-hostname",
  title: "A host name decides nothing: neither an equal one nor a different one",
  group: "container",
  level: "MUST",
  rules: ["VERDICT-4", "PAYLOAD-1"],
  field: [52],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare"],
  parallel: true,
  how: "Two containers have one host name: the holder in one, without a witness, must keep its lock, stopped and silent. Under another host name, in the same PID namespace, a dead holder's lock is taken at once and a living one's is kept; in another container a killed holder's lock is taken at once for its witness.",
  timeoutMs: 60_000,
  async run(context) {
    // One after the other: two that start in one tick of the kernel's clock could not be told apart by a wrong verdict.
    const one = await fresh(context, container("openclaw"));
    const two = await fresh(context, container("openclaw"));
    const [other, renamed] = await Promise.all([
      fresh(context, container("elsewhere")),
      fresh(context, host("elsewhere")),
    ]);
    await sameName(context, one, two);
    await otherName(context, renamed);
    const target = context.target("witness.json");
    await one.acquire(target);
    await one.kill();
    await takenAtOnce(context, other, target, "killed-elsewhere", "its holder was killed, whatever its host is called");
  },
};

async function sameName(context: CaseContext, holder: Driver, contender: Driver): Promise<void> {
  const held = await holder.acquire(context.target("same.json"), { witness: "never" });
  await holder.stop();
  age(held.lockPath);
  await keptFromTaking(context, contender, held.target, "same-name", "it is another container", BEYOND_WATCH);
  holder.cont();
  await held.release();
}

async function otherName(context: CaseContext, contender: Driver): Promise<void> {
  const domain = ownDomain();
  const living = context.target("living.json");
  context.plant(lockOf(living), helperLock(lockOf(living), await sleeper(context), domain));
  await keptFromTaking(
    context,
    contender,
    living,
    "other-name-living",
    "its holder lives, whatever the host is called",
  );
  const dead = context.target("dead.json");
  context.plant(lockOf(dead), helperLock(lockOf(dead), { pid: deadPid(), starttime: 1 }, domain));
  await takenAtOnce(context, contender, dead, "other-name-dead", "its holder is dead, whatever the host is called");
}
