import { basename, dirname, join } from "node:path";
import type { CaseDefinition } from "../../engine/case.js";
import { isThere } from "../support/files.js";
import { markerOf } from "../support/names.js";
import { fresh } from "../support/team.js";

const AGO = (ms: number): Date => new Date(Date.now() - ms);

export const sweepCandidates: CaseDefinition = {
  id: "sweep-candidates",
  title: "Old candidates and markers of what is gone are swept, and nothing else is",
  group: "core",
  level: "SHOULD",
  rules: ["PUBLISH-8", "PATH-5"],
  field: [],
  profile: "basic",
  needs: ["basic"],
  parallel: true,
  how: "Beside the target lie an old candidate, a young one, one dated in the future, two old files with similar names, a guard with its marker, and markers of what is gone, an old and a young one. The first acquire of a process must remove the old candidate and the old marker of what is gone, and nothing else.",
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
    const guard = plant("other.json.lock.reclaim", 1_000);
    const abandoned = plant(`other.json.lock.reclaim.${"0e".repeat(8)}`, 120_000);
    const kept = [
      guard,
      plant(basename(markerOf(join(directory, "other.json"), "{}\n")), 120_000),
      plant(`other.json.lock.reclaim.${"0f".repeat(8)}`, 1_000),
      plant(`.openclaw-lock-${"0b".repeat(16)}.tmp`, 1_000),
      plant(`.openclaw-lock-${"0c".repeat(16)}.tmp`, -3_600_000),
      plant(".openclaw-lock-backup.tmp", 120_000),
      plant(`.openclaw-lock-${"0d".repeat(16)}.tmp.bak`, 120_000),
    ];
    await (await (await fresh(context)).acquire(target)).release();
    context.check("old-swept", !isThere(old), "a candidate that is two minutes old is still there");
    context.check("old-marker-swept", !isThere(abandoned), "the marker of what is gone is still there");
    for (const path of kept) context.check("others-kept", isThere(path), () => `${path} was removed`);
  },
};
