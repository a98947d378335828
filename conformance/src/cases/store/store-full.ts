import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { temporariesIn } from "../support/intents.js";
import { ODD_STORE, ODD_STORE_EDITED, storeRefused, succeeded, TO_NEW, update } from "../support/stores.js";

export const storeFull: CaseDefinition = {
  id: "store-full",
  title: "A store on a full file system stays as it was, and the error has its errno",
  group: "store",
  level: "MUST",
  rules: ["STORE-7"],
  field: [36, 71],
  profile: "refresh",
  needs: ["store"],
  environment: ["linux", "root"],
  parallel: true,
  how: "An update would make a store larger than its tmpfs. It must be refused with store_io and ENOSPC, with the store as it was and no temporary file; a small update must work afterwards.",
  timeoutMs: 30_000,
  async run(context) {
    const path = join(smallFileSystem(context, "64k"), "odd.json");
    writeFileSync(path, ODD_STORE);
    const driver = await context.spawn();
    const large = [{ at: ["large"], value: "x".repeat(100_000) }];
    const error = storeRefused(
      context,
      "refused",
      await update(context, driver, path, large),
      "store_io",
      "there is no space",
    );
    context.check("errno", error.errno === "ENOSPC", () => `errno is ${error.errno}`);
    keeps(context, "untouched", path, ODD_STORE, "there was no space");
    const left = temporariesIn(dirname(path));
    context.check("no-temporary", left.length === 0, () => `${left.join(", ")} stayed`);
    succeeded(context, "works-again", await update(context, driver, path, TO_NEW), "there is space for this");
    keeps(context, "edited", path, ODD_STORE_EDITED, "it was updated");
    rmSync(path);
  },
};

function smallFileSystem(context: CaseContext, size: string): string {
  const directory = join(dirname(context.target()), "small");
  mkdirSync(directory);
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=777`, "none", directory]);
  context.require("mounted", status === 0, "a tmpfs could not be mounted");
  context.cleanup(() => void spawnSync("umount", ["-l", directory]));
  return directory;
}
