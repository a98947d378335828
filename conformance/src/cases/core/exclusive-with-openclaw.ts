import type { CaseDefinition } from "../../engine/case.js";
import { contend, takeTurns } from "../support/contention.js";
import { crew, helpers, peer, peers } from "../support/team.js";

export const exclusiveWithOpenclaw: CaseDefinition = {
  id: "exclusive-with-openclaw",
  title: "Helpers and OpenClaw's own code never hold at once",
  group: "core",
  level: "MUST",
  rules: ["OPENCLAW-1", "OPENCLAW-2"],
  field: [10, 62],
  profile: "basic",
  needs: ["basic"],
  columns: ["own", "mix"],
  peers: true,
  how: "Helpers and processes of OpenClaw's own lock code, alone with each release of it and all together with 2026.9.6's, add to one number under one lock, first without pausing, then under the referee's eyes. The number must equal the holds, no two holds may overlap, and everybody is served.",
  timeoutMs: 120_000,
  async run(context) {
    const ours = helpers(context);
    const isAlone = ours.length === 1;
    // Nobody dies here, so that even a generation without guards excludes.
    const openclaw = isAlone ? peers(context, "G2", "G3") : [peer(context, "fs-safe-0.18.1")];
    const processes = [
      ...(await crew(context, ours, isAlone ? 4 : 2 * ours.length)),
      ...(await crew(context, openclaw, isAlone ? 4 : 2)),
    ];
    await contend(context, processes, { rounds: context.pick(25, 200), holdMs: 0 });
    await takeTurns(context, processes, context.pick(3, 50));
  },
};
