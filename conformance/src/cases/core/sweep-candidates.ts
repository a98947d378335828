import { dirname, join } from "node:path";
import type { CaseDefinition } from "../../engine/case.js";
import { isThere } from "../support/files.js";
import { fresh } from "../support/team.js";

const AGO = (ms: number): Date => new Date(Date.now() - ms);

export const sweepCandidates: CaseDefinition = {
  id: "sweep-candidates",
  title: "Left-over candidates are swept when they are old, and nothing else is",
  group: "core",
  level: "SHOULD",
  rules: ["PUBLISH-8", "PATH-5"],
  field: [],
  profile: "basic",
  needs: ["basic"],
  parallel: true,
  how: "Beside the target lie an old candidate, a young one, one dated in the future and two old files with similar names. The first acquire of a process must remove the old candidate and only that.",
  timeoutMs: 30_000,
  async run(context) {
    const target = context.target();
    const directory = dirname(target);
    const plant = (name: string, ageMs: number): string => {
      const path = join(directory, name);
      context.plant(path, "{}\n", { mtime: AGO(ageMs) });
      return path;
    };
    const old = plant(`.openclaw-lock-${"0a".repeat(16)}.tmp`, 120_000);
    const kept = [
      plant(`.openclaw-lock-${"0b".repeat(16)}.tmp`, 1_000),
      plant(`.openclaw-lock-${"0c".repeat(16)}.tmp`, -3_600_000),
      plant(".openclaw-lock-backup.tmp", 120_000),
      plant(`.openclaw-lock-${"0d".repeat(16)}.tmp.bak`, 120_000),
    ];
    await (await (await fresh(context)).acquire(target)).release();
    context.check("old-swept", !isThere(old), "a candidate that is two minutes old is still there");
    for (const path of kept) context.check("others-kept", isThere(path), () => `${path} was removed`);
  },
};
