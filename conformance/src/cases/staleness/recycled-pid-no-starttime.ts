import { closeSync, openSync } from "node:fs";
import type { CaseDefinition } from "../../engine/case.js";
import { wasRefused } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { openclawLock } from "../support/payloads.js";
import { sleeper } from "../support/processes.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

const OLD = new Date("2020-01-01T00:00:00.000Z");

export const recycledPidNoStarttime: CaseDefinition = {
  id: "recycled-pid-no-starttime",
  title: "Without a start time the open descriptor tells owner from stranger, and age alone never does",
  group: "staleness",
  level: "MUST",
  rules: ["VERDICT-1", "VERDICT-7"],
  field: [17, 23, 51],
  profile: "reclaim",
  needs: ["basic", "reclaim", "detail"],
  environment: ["linux"],
  parallel: true,
  how: "Locks without start time name living processes. One whose owner has it open must be kept, however old. One that its alleged owner does not have open must be kept while it is young, with a reason that says its identity is unknown, and taken once it is older than staleMs.",
  timeoutMs: 30_000,
  async run(context) {
    const contender = await context.spawn();
    const createdAt = OLD.toISOString();

    const opened = context.target("opened.json");
    context.plant(lockOf(opened), "to be filled in");
    const descriptor = openSync(lockOf(opened), "r+");
    const owner = await sleeper(context, { open: descriptor });
    closeSync(descriptor);
    // Written over in place: the owner's descriptor is on this very file.
    context.plant(lockOf(opened), openclawLock({ pid: owner.pid, createdAt }), { mtime: OLD });
    await keptFromTaking(context, contender, opened, "owner-has-it-open", "its owner has it open");

    const stranger = await sleeper(context);
    const strange = context.target("strange.json");
    context.plant(lockOf(strange), openclawLock({ pid: stranger.pid, createdAt }));
    const young = await contender.tryAcquire(strange, { timeoutMs: 100 });
    const { holder } = wasRefused(context, "young-kept", young, "file_lock_timeout", "it is younger than staleMs");
    context.check("young-reason", holder?.reason === "identity-young", () => `the reason is ${holder?.reason}`);
    context.plant(lockOf(strange), openclawLock({ pid: stranger.pid, createdAt }), { mtime: OLD });
    await takenAtOnce(context, contender, strange, "old-taken", "the process with its pid does not have it open");
  },
};
