import type { CaseDefinition } from "../../engine/case.js";
import { lockOf } from "../support/files.js";
import { helperLock, openclawLock } from "../support/payloads.js";
import { sleeper } from "../support/processes.js";
import { keptFromTaking } from "../support/verdicts.js";

const OLD = new Date("2020-01-01T00:00:00.000Z");

export const oldLiveOwner: CaseDefinition = {
  id: "old-live-owner",
  title: "Age is no evidence against an owner that lives",
  group: "staleness",
  level: "MUST",
  rules: ["VERDICT-1", "VERDICT-10"],
  field: [22, 59],
  profile: "basic",
  needs: ["basic"],
  environment: ["linux"],
  parallel: true,
  refusalsOnly: true,
  how: "Locks of a living owner, with its start time, are dated 2020 in createdAt and modification time. A contender with a small staleMs must time out and leave them alone.",
  timeoutMs: 20_000,
  async run(context) {
    const owner = { ...(await sleeper(context)), createdAt: OLD.toISOString() };
    const contender = await context.spawn();
    const helper = context.target("helper.json");
    context.plant(lockOf(helper), helperLock(lockOf(helper), owner), { mtime: OLD });
    await keptFromTaking(context, contender, helper, "helper-lock", "its owner lives");
    const openclaw = context.target("openclaw.json");
    context.plant(lockOf(openclaw), openclawLock(owner), { mtime: OLD });
    await keptFromTaking(context, contender, openclaw, "openclaw-lock", "its owner lives");
  },
};
