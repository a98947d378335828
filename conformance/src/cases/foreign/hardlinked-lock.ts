import { linkSync, readFileSync, statSync, writeFileSync } from "node:fs";
import type { CaseDefinition } from "../../engine/case.js";
import { keeps, wasRefused } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { helperLock } from "../support/payloads.js";
import { deadPid } from "../support/processes.js";
import { takenAtOnce } from "../support/verdicts.js";

const DATA = '{\n  "skills": {}\n}\n';

export const hardlinkedLock: CaseDefinition = {
  id: "hardlinked-lock",
  title: "A lock that is a second name of another file costs that file nothing",
  group: "foreign",
  level: "MUST",
  rules: ["PUBLISH-2", "RECLAIM-2", "FOREIGN-1"],
  field: [42],
  profile: "reclaim",
  needs: ["basic", "reclaim", "detail"],
  parallel: true,
  how: "The lock path is a hard link to the target itself: the contender must be refused, and the data keep its bytes, mode and times. Then it is a hard link to a dead owner's payload that has another name too: the lock is taken, and the other name keeps its bytes.",
  timeoutMs: 30_000,
  async run(context) {
    const contender = await context.spawn();
    const target = context.target("config.json");
    writeFileSync(target, DATA, { mode: 0o640 });
    linkSync(target, lockOf(target));
    context.planted(lockOf(target));
    const before = statSync(target);
    const options = { timeoutMs: context.limit(20_000), foreignTimeoutMs: 100 };
    const refused = await contender.tryAcquire(target, options);
    const error = wasRefused(context, "refused", refused, "file_lock_foreign", "it is the data, and no lock");
    context.check("kind", error.kind === "json-without-owner", () => `its kind is ${error.kind}`);
    keeps(context, "data", target, DATA, "it is not the lock's to change");
    keeps(context, "name", lockOf(target), DATA, "it is not a lock of ours");
    const after = statSync(target);
    const isSame = after.mode === before.mode && after.mtimeMs === before.mtimeMs && after.ino === before.ino;
    context.check("untouched", isSame, "mode, time or file of the data have changed");

    const dead = context.target("dead.json");
    const payload = helperLock(lockOf(dead), { pid: deadPid(), starttime: 1 });
    context.plant(lockOf(dead), payload);
    const copy = `${dead}.copy`;
    linkSync(lockOf(dead), copy);
    await takenAtOnce(context, contender, dead, "dead-taken", "its owner is dead, whatever other names it has");
    context.check("other-name", readFileSync(copy, "utf8") === payload, "the other name has other bytes now");
  },
};
