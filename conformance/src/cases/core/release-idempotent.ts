import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { bytesOf, isThere } from "../support/files.js";

export const releaseIdempotent: CaseDefinition = {
  id: "release-idempotent",
  title: "Releasing twice is harmless, also when somebody else has the lock by then",
  group: "core",
  level: "MUST",
  rules: ["RELEASE-3"],
  field: [28],
  profile: "basic",
  needs: ["basic"],
  parallel: true,
  how: "A lock is released; then the same handle is released again, first with nobody holding, then while another process holds. Both must succeed, and the other's lock must stay.",
  timeoutMs: 30_000,
  async run(context: CaseContext) {
    const target = context.target();
    const driver = await context.spawn();
    const first = await driver.acquire(target);
    await first.release();
    context.require("released", !isThere(first.lockPath), "release left the lock");
    const again = await driver.call("release", { handle: first.handle });
    context.check("second-succeeds", again.status === "ok", () => `the second release was ${JSON.stringify(again)}`);

    const successor = await (await context.spawn()).acquire(target);
    const bytes = bytesOf(successor.lockPath);
    const late = await driver.call("release", { handle: first.handle });
    context.check("late-succeeds", late.status === "ok", () => `the late release was ${JSON.stringify(late)}`);
    keeps(context, "successor-kept", successor.lockPath, bytes, "a late release must not touch the next holder's lock");
    await successor.release();
  },
};
