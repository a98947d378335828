import type { CaseDefinition } from "../../engine/case.js";
import { lockOf } from "../support/files.js";
import { helperLock, openclawLock } from "../support/payloads.js";
import { sleeper } from "../support/processes.js";
import { keptFromTaking } from "../support/verdicts.js";

export const commWithParens: CaseDefinition = {
  id: "comm-with-parens",
  title: "A command name with brackets and blanks does not garble the owner's start time",
  group: "staleness",
  level: "MUST",
  rules: ["PAYLOAD-2", "VERDICT-6"],
  field: [19],
  profile: "basic",
  needs: ["basic"],
  environment: ["linux"],
  parallel: true,
  refusalsOnly: true,
  how: "The owner is a living process named `a) R 1 1`, so that fields counted after the first bracket are wrong. Its locks must be kept.",
  timeoutMs: 20_000,
  async run(context) {
    const owner = await sleeper(context, { name: "a) R 1 1" });
    const contender = await context.spawn();
    const helper = context.target("helper.json");
    context.plant(lockOf(helper), helperLock(lockOf(helper), owner));
    await keptFromTaking(context, contender, helper, "helper-lock", "its owner lives");
    const openclaw = context.target("openclaw.json");
    context.plant(lockOf(openclaw), openclawLock(owner));
    await keptFromTaking(context, contender, openclaw, "openclaw-lock", "its owner lives");
  },
};
