import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import type { CaseDefinition, Driver } from "../../engine/case.js";
import { gotIt, wasRefused } from "../support/expect.js";
import { guardOf, isThere, lockOf } from "../support/files.js";
import { helperLock } from "../support/payloads.js";
import { plantDeadLock } from "../support/plants.js";
import { sleeper } from "../support/processes.js";
import { peer } from "../support/team.js";

const OLD = new Date("2020-01-01T00:00:00.000Z");

export const guardHonoured: CaseDefinition = {
  id: "guard-honoured",
  title: "Nobody publishes while a guard is there, whatever it is, and an orphan is named",
  group: "foreign",
  level: "MUST",
  rules: ["RECLAIM-1", "RECLAIM-6", "RECLAIM-8", "ERROR-1", "ERROR-2"],
  field: [24, 25, 26],
  profile: "reclaim",
  needs: ["basic", "guard", "detail"],
  environment: ["linux"],
  peers: true,
  how: "Beside the lock path lies a guard: a directory, an empty file, garbage, a dangling link, a living owner's, and one that OpenClaw's own code holds in the middle of a reclaim. With and without a dead owner's lock nobody may publish or remove the guard. One without an owner, old enough, must be reported as file_lock_guard_orphaned with the command that repairs it.",
  timeoutMs: 60_000,
  async run(context) {
    const contender = await context.spawn();
    const owner = await sleeper(context);
    const guards: Readonly<Record<string, (path: string) => void>> = {
      directory: (path) => mkdirSync(path),
      empty: (path) => writeFileSync(path, ""),
      garbage: (path) => writeFileSync(path, "not a payload"),
      link: (path) => symlinkSync("/nowhere/at/all", path),
      living: (path) => writeFileSync(path, helperLock(path, owner)),
    };
    for (const [name, make] of Object.entries(guards)) {
      for (const isLocked of [false, true]) {
        const target = context.target(`${name}-${isLocked}.json`);
        if (isLocked) plantDeadLock(context, target);
        make(guardOf(target));
        context.planted(guardOf(target));
        const attempt = await contender.tryAcquire(target, { timeoutMs: 60 });
        wasRefused(context, `${name}-waited-for`, attempt, "file_lock_timeout", "a guard is there");
        context.check(`${name}-kept`, isThere(guardOf(target)), "the guard was removed");
        context.check("nothing-published", isThere(lockOf(target)) === isLocked, "the lock was made or removed");
      }
    }
    for (const name of ["directory", "empty", "garbage"]) {
      const target = context.target(`${name}-false.json`);
      utimesSync(guardOf(target), OLD, OLD);
      const attempt = await contender.tryAcquire(target, { timeoutMs: 60 });
      const error = wasRefused(context, `${name}-orphaned`, attempt, "file_lock_guard_orphaned", "nobody can judge it");
      const isNamed = `${error.hint}`.includes(guardOf(target));
      context.check(`${name}-command`, isNamed, () => `the hint does not name the guard: ${error.hint}`);
      context.check(`${name}-still-kept`, isThere(guardOf(target)), "the guard was removed");
    }
    await openclawReclaims(context, contender);
  },
};

async function openclawReclaims(context: Parameters<CaseDefinition["run"]>[0], contender: Driver): Promise<void> {
  const target = context.target("openclaw.json");
  plantDeadLock(context, target);
  const openclaw = await context.spawn(peer(context, "fs-safe-0.18.1"), { env: {} });
  await openclaw.arm("peer:removing", "stop");
  const pending = openclaw.startAcquire(target, { timeoutMs: context.limit(15_000) });
  await openclaw.nextEvent("peer:removing");
  context.require("openclaw-guards", isThere(guardOf(target)), "OpenClaw's code has no guard while it reclaims");
  const attempt = await contender.tryAcquire(target, { timeoutMs: 200 });
  wasRefused(context, "openclaw-waited-for", attempt, "file_lock_timeout", "OpenClaw's code reclaims");
  openclaw.cont();
  await gotIt(context, "openclaw-goes-on", await pending.result, "it had the guard").release();
}
