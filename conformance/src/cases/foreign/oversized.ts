import { truncateSync } from "node:fs";
import type { CaseDefinition } from "../../engine/case.js";
import { timed, wasRefused } from "../support/expect.js";
import { isThere, lockOf } from "../support/files.js";
import { peakMemoryKb } from "../support/machine.js";
import { helperLock } from "../support/payloads.js";
import { deadPid } from "../support/processes.js";
import { takenAtOnce } from "../support/verdicts.js";

const MOST = 65_536;
const GIGABYTE = 1024 ** 3;

export const oversized: CaseDefinition = {
  id: "oversized",
  title: "A lock file that is too large is refused unread",
  group: "foreign",
  level: "MUST",
  rules: ["PAYLOAD-5", "PAYLOAD-6"],
  field: [43],
  profile: "reclaim",
  needs: ["basic", "reclaim", "detail"],
  environment: ["linux"],
  parallel: true,
  how: "A dead owner's payload is padded to 65,536 bytes (taken), to one more (refused as foreign), and to a gigabyte (refused at once, in bounded memory).",
  timeoutMs: 30_000,
  async run(context) {
    const contender = await context.spawn();
    const padded = (name: string, bytes: number): string => {
      const target = context.target(name);
      const payload = helperLock(lockOf(target), { pid: deadPid(), starttime: 1 });
      context.plant(lockOf(target), payload.padEnd(bytes));
      return target;
    };
    await takenAtOnce(context, contender, padded("largest.json", MOST), "largest-read", "65,536 bytes are read");

    const sparse = padded("sparse.json", MOST + 1);
    truncateSync(lockOf(sparse), GIGABYTE);
    context.planted(lockOf(sparse));
    const before = peakMemoryKb(contender.osPid);
    for (const target of [padded("one-more.json", MOST + 1), sparse]) {
      const { result, ms } = await timed(() => contender.tryAcquire(target, { timeoutMs: context.limit(15_000) }));
      const error = wasRefused(context, "refused", result, "file_lock_foreign", "the lock is too large");
      context.check("kind", error.kind === "oversized", () => `its kind is ${error.kind}`);
      context.check("at-once", ms < context.limit(3_000), () => `it took ${Math.round(ms)} ms`);
      context.check("kept", isThere(lockOf(target)), "it was removed");
    }
    const grown = peakMemoryKb(contender.osPid) - before;
    context.check("bounded-memory", grown < 200_000, () => `its memory grew by ${grown} kB`);
  },
};
