import type { CaseDefinition } from "../../engine/case.js";
import { contend } from "../support/contention.js";
import { crew, helpers } from "../support/team.js";

export const handoverStorm: CaseDefinition = {
  id: "handover-storm",
  title: "Locks that come and go quickly are never taken for stale or lost",
  group: "staleness",
  level: "MUST",
  rules: ["VERDICT-1", "PUBLISH-3", "RELEASE-1"],
  field: [27, 31],
  profile: "basic",
  needs: ["basic"],
  columns: ["own", "mix"],
  how: "Ten processes take and release a lock with an empty body, with a staleMs of 1. Nobody may be refused, and the number they count must equal the holds.",
  timeoutMs: 600_000,
  async run(context) {
    const processes = await crew(context, helpers(context), 10);
    await contend(context, processes, { rounds: context.pick(60, 600), holdMs: 0, staleMs: 1 });
  },
};
