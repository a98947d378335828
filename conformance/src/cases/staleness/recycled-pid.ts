import type { CaseDefinition } from "../../engine/case.js";
import { lockOf } from "../support/files.js";
import { inInitialNamespace } from "../support/machine.js";
import { helperLock, openclawLock } from "../support/payloads.js";
import { sleeper } from "../support/processes.js";
import { takenAtOnce } from "../support/verdicts.js";

export const recycledPid: CaseDefinition = {
  id: "recycled-pid",
  title: "A pid that somebody else has now does not keep a dead owner's lock",
  group: "staleness",
  level: "MUST",
  rules: ["VERDICT-6"],
  field: [17, 57],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  environment: ["linux"],
  parallel: true,
  how: "A lock names a living process with the start time of an earlier one. A single try must take it, whether a helper or OpenClaw wrote it.",
  timeoutMs: 20_000,
  async run(context) {
    const { pid, starttime } = await sleeper(context);
    const earlier = { pid, starttime: starttime - 100 };
    const contender = await context.spawn();
    const target = context.target("helper.json");
    context.plant(lockOf(target), helperLock(lockOf(target), earlier));
    await takenAtOnce(context, contender, target, "helper-lock", "its pid is another process now");
    if (!inInitialNamespace()) return;
    const other = context.target("openclaw.json");
    context.plant(lockOf(other), openclawLock(earlier));
    await takenAtOnce(context, contender, other, "openclaw-lock", "its pid is another process now");
  },
};
