import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { leftNothing, wasRefused } from "../support/expect.js";

export const noSpace: CaseDefinition = {
  id: "no-space",
  title: "A full file system is an error with its errno, and nothing is left on it",
  group: "core",
  level: "MUST",
  rules: ["PUBLISH-5", "PUBLISH-9", "ERROR-1"],
  field: [36, 37],
  profile: "basic",
  needs: ["basic"],
  environment: ["linux", "root"],
  parallel: true,
  how: "A lock is asked for on a tmpfs that is full. It must be refused with file_lock_io and ENOSPC and leave nothing; once there is space, the same process must get the lock.",
  timeoutMs: 30_000,
  async run(context: CaseContext) {
    const directory = join(dirname(context.target()), "full");
    mkdirSync(directory);
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=8k,mode=777", "none", directory]);
    context.require("mounted", status === 0, "a tmpfs could not be mounted");
    context.cleanup(() => void spawnSync("umount", [directory]));
    const filler = join(directory, "filler");
    writeFileSync(filler, "x".repeat(8_192));
    const target = join(directory, "file.json");

    const driver = await context.spawn();
    const attempt = await driver.tryAcquire(target, { timeoutMs: 0 });
    const error = wasRefused(context, "refused", attempt, "file_lock_io", "there is no space");
    context.check("errno", error.errno === "ENOSPC", () => `errno is ${error.errno}`);
    leftNothing(context, "nothing-left", target, "a failed write");
    rmSync(filler);
    await (await driver.acquire(target)).release();
    leftNothing(context, "released", target, "a release");
  },
};
