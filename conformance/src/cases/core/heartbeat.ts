import { linkSync, statSync, utimesSync } from "node:fs";
import type { CaseDefinition } from "../../engine/case.js";
import { takeAway } from "../support/files.js";

const OLD = new Date("2020-01-01T00:00:00Z");

export const heartbeat: CaseDefinition = {
  id: "heartbeat",
  title: "A long hold touches its own lock file, and never another at the same path",
  group: "core",
  level: "SHOULD",
  rules: ["RELEASE-9"],
  field: [16, 69],
  profile: "basic",
  needs: ["basic", "lost"],
  environment: ["linux"],
  how: "A lock is held with a small staleMs: its modification time must move on. Then another file is put in its place: that one's time must stay as it is, until the holder has noticed the loss.",
  timeoutMs: 40_000,
  async run(context) {
    const held = await (await context.spawn()).acquire(context.target(), { staleMs: 300 });
    utimesSync(held.lockPath, OLD, OLD);
    const hasMoved = (path: string) => statSync(path).mtimeMs > OLD.getTime();
    await context.until("the lock is touched", () => hasMoved(held.lockPath));

    const aside = `${held.target}.aside`;
    linkSync(held.lockPath, aside);
    context.planted(aside);
    takeAway(context, held);
    context.plant(held.lockPath, "somebody else's\n", { mtime: OLD });
    const { lost } = await held.awaitLost(context.limit(10_000));
    context.check("loss-noticed", lost, "the holder did not notice that its lock was replaced");
    context.check("other-not-touched", !hasMoved(held.lockPath), "a file that is not the holder's was touched");
    await held.tryRelease();
  },
};
