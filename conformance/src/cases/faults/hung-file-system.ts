import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { timed, wasRefused } from "../support/expect.js";
import { guardOf, lockOf } from "../support/files.js";
import { type Fault, suffering } from "../support/injection.js";
import { fresh } from "../support/team.js";

const HANG_MS = 1_500;
const WAIT_MS = 300;
const SLACK_MS = 1_500;

export const hungFileSystem: CaseDefinition = {
  id: "hung-file-system",
  title: "A file system that hangs delays a wait by as long as it hangs, and holds nobody else up",
  group: "faults",
  level: "MUST",
  rules: ["WAIT-4", "ERROR-1"],
  field: [55],
  profile: "basic",
  needs: ["basic"],
  environment: ["linux", "root", "strace"],
  noMutant:
    "The delay is the kernel's. That a wait looks at its deadline is what the mutants of wait-timeout-detail are for.",
  how: "strace delays the first look of a contender at a lock that is held by 1.5 s, as a server that does not answer would. The call cannot be interrupted; when it comes back, the wait of 300 ms must be over at once, with file_lock_timeout. Meanwhile another process takes another lock of the same directory, and afterwards the delayed one gets the lock.",
  timeoutMs: 60_000,
  async run(context: CaseContext) {
    const target = context.target("hung/file.json");
    const [holder, hung, other] = [await context.spawn(), await fresh(context), await context.spawn()];
    const held = await holder.acquire(target);
    const paths = [lockOf(target), guardOf(target)];
    const fault: Fault = {
      calls: "?stat,?lstat,?newfstatat,?statx",
      nth: 1,
      effect: `delay_enter=${HANG_MS}000`,
      paths,
    };
    const { result, hits } = await suffering(context, hung, fault, async () => {
      const waiting = timed(() => hung.tryAcquire(target, { timeoutMs: WAIT_MS }));
      const beside = await timed(async () => (await other.acquire(context.target("hung/other.json"))).release());
      return { ...(await waiting), besideMs: beside.ms };
    });
    context.require("it-hung", hits.length > 0, "no look at the lock was delayed");
    wasRefused(context, "refused", result.result, "file_lock_timeout", "the lock is held");
    const limit = context.limit(HANG_MS + WAIT_MS + SLACK_MS);
    context.check(
      "over-at-once",
      result.ms < limit,
      () => `the wait of ${WAIT_MS} ms took ${Math.round(result.ms)} ms`,
    );
    context.check("others-go-on", result.besideMs < HANG_MS, () => `another took ${Math.round(result.besideMs)} ms`);
    await held.release();
    await (await hung.acquire(target)).release();
  },
};
