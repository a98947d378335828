import { chmodSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { isThere } from "../support/files.js";
import { unprivileged } from "../support/team.js";

export const releaseRetry: CaseDefinition = {
  id: "release-retry",
  title: "A release that fails says so, keeps the lock, and can be tried again",
  group: "core",
  level: "MUST",
  rules: ["RELEASE-4", "ERROR-1"],
  field: [30],
  profile: "basic",
  needs: ["basic"],
  environment: ["linux"],
  parallel: true,
  how: "The directory of a held lock is made read-only. Release must be refused with file_lock_permission and the lock must stay held; once the directory is writable again the same release must succeed, and the same process must be able to take the lock again.",
  timeoutMs: 30_000,
  async run(context: CaseContext) {
    const directory = join(dirname(context.target()), "frozen");
    mkdirSync(directory, { mode: 0o755 });
    context.cleanup(() => chmodSync(directory, 0o755));
    const driver = await context.spawn(undefined, unprivileged());
    const held = await driver.acquire(join(directory, "file.json"));

    chmodSync(directory, 0o555);
    const reply = await held.tryRelease();
    const code = reply.status === "refused" ? reply.code : reply.status;
    context.require("failure-surfaces", code === "file_lock_permission", () => `the release said ${code}`);
    const errno = reply.status === "refused" ? reply.error.errno : undefined;
    context.check("errno", errno === "EACCES", () => `errno is ${errno}`);
    context.check("still-there", isThere(held.lockPath), "the lock is gone");
    context.check("still-held", await held.verify(), "verify denies a lock whose release failed");

    chmodSync(directory, 0o755);
    const again = await held.tryRelease();
    context.require("retry-succeeds", again.status === "ok", () => `the second release said ${JSON.stringify(again)}`);
    context.check("gone", !isThere(held.lockPath), "the lock is still there after a release that succeeded");
    await (await driver.acquire(join(directory, "file.json"))).release();
  },
};
