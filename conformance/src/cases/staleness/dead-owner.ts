import type { CaseDefinition } from "../../engine/case.js";
import { provablyDead } from "../support/team.js";
import { takenAtOnce } from "../support/verdicts.js";

export const deadOwner: CaseDefinition = {
  id: "dead-owner",
  title: "The lock of a killed holder is taken by a single try",
  group: "staleness",
  level: "MUST",
  rules: ["WAIT-3", "VERDICT-5", "RECLAIM-2", "RECLAIM-4"],
  field: [9, 11, 13, 34],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  columns: ["own", "mix"],
  peers: true,
  how: "A holder of each implementation, OpenClaw's own code included, is killed (-9). A contender with a time-out of zero must get the lock at once and leave no guard.",
  timeoutMs: 60_000,
  async run(context) {
    const contender = await context.spawn();
    for (const implementation of provablyDead(context)) {
      const target = context.target(`${implementation.name}.json`);
      const owner = await context.spawn(implementation);
      await owner.acquire(target);
      await owner.kill();
      await takenAtOnce(context, contender, target, "taken", `the holder (${implementation.name}) was killed`);
    }
  },
};
