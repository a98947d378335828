import type { CaseDefinition } from "../../engine/case.js";
import { contend, takeTurns } from "../support/contention.js";
import { crew, helpers } from "../support/team.js";

export const exclusiveBasic: CaseDefinition = {
  id: "exclusive-basic",
  title: "Eight processes never hold at once, and no update is lost",
  group: "core",
  level: "MUST",
  rules: ["PUBLISH-1", "PUBLISH-2", "RELEASE-1"],
  field: [10],
  profile: "basic",
  needs: ["basic"],
  columns: ["own", "mix"],
  how: "Eight processes read a number, add one and write it back, under the lock, without pausing; then they take turns under the referee's eyes. The number must equal the holds, and no two holds may overlap.",
  timeoutMs: 120_000,
  async run(context) {
    const processes = await crew(context, helpers(context), 8);
    await contend(context, processes, { rounds: context.pick(40, 200), holdMs: 0 });
    await takeTurns(context, processes, context.pick(5, 50));
  },
};
