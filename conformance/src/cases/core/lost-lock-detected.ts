import { rmSync } from "node:fs";
import { dirname } from "node:path";
import type { CaseContext, CaseDefinition, Held } from "../../engine/case.js";
import { takeAway } from "../support/files.js";

export const lostLockDetected: CaseDefinition = {
  id: "lost-lock-detected",
  title: "A holder learns that its lock is gone, once, and survives it",
  group: "core",
  level: "MUST",
  rules: ["RELEASE-5", "RELEASE-6"],
  field: [29, 32],
  profile: "basic",
  needs: ["basic", "lost"],
  how: "While a process holds two locks, one lock file is removed, and then the directory of the other. verify must turn false, each lock's signal must fire exactly once, release must say file_lock_lost, and the process must go on.",
  timeoutMs: 60_000,
  async run(context) {
    const driver = await context.spawn();
    const first = await driver.acquire(context.target("first.json"));
    const second = await driver.acquire(context.target("apart/second.json"));
    context.check("held-at-first", await first.verify(), "verify denies a lock that is held");

    takeAway(context, first);
    context.check("verify-file-gone", !(await first.verify()), "verify confirms a lock whose file is gone");
    await signalled(context, "file-gone", first);

    context.referee.forfeit(second);
    rmSync(dirname(second.lockPath), { recursive: true });
    context.check("verify-directory-gone", !(await second.verify()), "verify confirms a lock whose directory is gone");
    await signalled(context, "directory-gone", second);

    const { signals } = await first.awaitLost(0);
    context.check("signal-once", signals === 1, () => `the signal of one loss has fired ${signals} times`);
    for (const held of [first, second]) {
      const reply = await held.tryRelease();
      const code = reply.status === "refused" ? reply.code : reply.status;
      context.check("release-says-lost", code === "file_lock_lost", () => `release of a lost lock said ${code}`);
    }
    await (await driver.acquire(context.target("first.json"))).release();
  },
};

async function signalled(context: CaseContext, what: string, held: Held): Promise<void> {
  const { lost, signals } = await held.awaitLost(context.limit(5_000));
  context.require(
    `signal-${what}`,
    lost && signals === 1,
    () => `lost is ${lost}, and the signal fired ${signals} times`,
  );
}
