import { mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseDefinition } from "../../engine/case.js";
import { isThere } from "../support/files.js";
import { fresh } from "../support/team.js";

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

export const freshDirectoryMode: CaseDefinition = {
  id: "fresh-directory-mode",
  title: "A missing parent is made private when asked for, and a lock can be read by all, whatever the umask",
  group: "core",
  level: "MUST",
  rules: ["PATH-4", "PUBLISH-6"],
  field: [45],
  profile: "basic",
  needs: ["basic", "process"],
  how: "Under umask 0, 022 and 077 a lock is taken in a directory that is missing, with createParent. New directories must have mode 0700, an existing one must keep its mode, and the lock must have 0444.",
  timeoutMs: 30_000,
  async run(context) {
    const driver = await fresh(context);
    const root = join(dirname(context.target()), "modes");
    mkdirSync(root, { mode: 0o755 });
    for (const mask of [0, 0o022, 0o077]) {
      await driver.ask("umask", { mask });
      const parent = join(root, `mask-${mask}`, "deep");
      const held = await driver.acquire(join(parent, "file.json"), { createParent: true });
      context.check(
        "lock-mode",
        modeOf(held.lockPath) === "444",
        () => `under umask ${mask} it is ${modeOf(held.lockPath)}`,
      );
      for (const path of [parent, dirname(parent)]) {
        context.check("parent-mode", modeOf(path) === "700", () => `under umask ${mask} it is ${modeOf(path)}`);
      }
      await held.release();
      context.check("released", !isThere(held.lockPath), "release left the lock");
    }
    context.check("existing-mode", modeOf(root) === "755", () => `an existing directory became ${modeOf(root)}`);
  },
};
