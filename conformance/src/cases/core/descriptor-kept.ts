import { existsSync, readdirSync, readlinkSync } from "node:fs";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { closesAtExec, descriptorsOn } from "../support/files.js";

export const descriptorKept: CaseDefinition = {
  id: "descriptor-kept",
  title: "The holder keeps the lock's descriptor open until release, and only it",
  group: "core",
  level: "MUST",
  rules: ["PUBLISH-7"],
  field: [],
  profile: "basic",
  needs: ["basic"],
  environment: ["linux"],
  parallel: true,
  how: "While a lock is held, the holder must have the lock file open, closed at exec; after the release it must not have it open any more.",
  timeoutMs: 20_000,
  async run(context: CaseContext) {
    const driver = await context.spawn();
    const held = await driver.acquire(context.target());
    const open = descriptorsOn(driver.osPid, held.lockPath);
    context.require("open-while-held", open.length > 0, "the holder does not have its lock open");
    const isClosedAtExec = open.every((descriptor) => closesAtExec(driver.osPid, descriptor));
    context.check("closed-at-exec", isClosedAtExec, "a program that the holder starts would inherit the descriptor");
    await held.release();
    const links = readdirSync(`/proc/${driver.osPid}/fd`)
      .map((descriptor) => `/proc/${driver.osPid}/fd/${descriptor}`)
      .filter((path) => existsSync(path) || isDangling(path))
      .map((path) => readlinkSync(path));
    const left = links.filter((link) => link.startsWith(held.lockPath) || link.includes(".openclaw-lock-"));
    context.check("closed-after-release", left.length === 0, () => `still open: ${left.join(", ")}`);
  },
};

/** A descriptor of a file whose name is gone. */
function isDangling(path: string): boolean {
  try {
    return readlinkSync(path).endsWith(" (deleted)");
  } catch {
    return false;
  }
}
