import type { CaseDefinition } from "../../engine/case.js";
import { lockOf } from "../support/files.js";
import { inInitialNamespace } from "../support/machine.js";
import { helperLock, openclawLock } from "../support/payloads.js";
import { zombie } from "../support/processes.js";
import { takenAtOnce } from "../support/verdicts.js";

export const zombieOwner: CaseDefinition = {
  id: "zombie-owner",
  title: "A dead owner that nobody has waited for is dead",
  group: "staleness",
  level: "MUST",
  rules: ["VERDICT-5"],
  field: [14],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  environment: ["linux"],
  parallel: true,
  how: "The owner named in the lock is a zombie: listed, and answering signal 0. A single try must take the lock, whether a helper or OpenClaw wrote it.",
  timeoutMs: 20_000,
  async run(context) {
    const owner = await zombie(context);
    const contender = await context.spawn();
    const target = context.target("helper.json");
    context.plant(lockOf(target), helperLock(lockOf(target), owner));
    await takenAtOnce(context, contender, target, "helper-lock", "its owner is a zombie");
    if (!inInitialNamespace()) return;
    const other = context.target("openclaw.json");
    context.plant(lockOf(other), openclawLock(owner));
    await takenAtOnce(context, contender, other, "openclaw-lock", "its owner is a zombie");
  },
};
