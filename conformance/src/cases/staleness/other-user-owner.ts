import type { CaseDefinition } from "../../engine/case.js";
import { lockOf } from "../support/files.js";
import { helperLock, openclawLock } from "../support/payloads.js";
import { sleeper } from "../support/processes.js";
import { unprivileged } from "../support/team.js";
import { keptFromTaking } from "../support/verdicts.js";

const NOBODY = 65_534;

export const otherUserOwner: CaseDefinition = {
  id: "other-user-owner",
  title: "An owner that may not be signalled is not dead",
  group: "staleness",
  level: "MUST",
  rules: ["VERDICT-2", "VERDICT-5", "VERDICT-7"],
  field: [15],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  environment: ["linux", "root"],
  parallel: true,
  refusalsOnly: true,
  how: "The owner lives under another user, so that signal 0 fails with EPERM and its descriptors cannot be read. With and without a start time the lock must be kept, however old.",
  timeoutMs: 30_000,
  async run(context) {
    const owner = await sleeper(context, { uid: NOBODY });
    const contender = await context.spawn(undefined, unprivileged());
    const mtime = new Date(Date.now() - 3_600_000);
    const createdAt = mtime.toISOString();
    const locks = {
      helper: (path: string) => helperLock(path, { ...owner, createdAt }),
      openclaw: () => openclawLock({ ...owner, createdAt }),
      "no-start-time": () => openclawLock({ pid: owner.pid, createdAt }),
    };
    for (const [name, lock] of Object.entries(locks)) {
      const target = context.target(`${name}.json`);
      context.plant(lockOf(target), lock(lockOf(target)), { mtime });
      await keptFromTaking(context, contender, target, name, "its owner lives under another user");
    }
  },
};
