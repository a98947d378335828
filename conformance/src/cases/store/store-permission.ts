import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { CaseDefinition } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { temporariesIn } from "../support/intents.js";
import { ODD_STORE, storeRefused, update } from "../support/stores.js";
import { unprivileged } from "../support/team.js";

export const storePermission: CaseDefinition = {
  id: "store-permission",
  title: "A store whose owner cannot be kept is not replaced, and one that may not be read says whose it is",
  group: "store",
  level: "MUST",
  rules: ["STORE-7", "STORE-8"],
  field: [45, 46],
  profile: "refresh",
  needs: ["store"],
  environment: ["linux", "root"],
  parallel: true,
  how: "A process without privileges updates a store of another user that it may write, and reads one that it may not. Both must be refused with store_permission and the path; the first store must keep bytes and owner, and no temporary file may stay.",
  timeoutMs: 30_000,
  async run(context) {
    const path = context.target("stores/of-another.json");
    writeFileSync(path, ODD_STORE);
    chownSync(path, 12_345, 12_345);
    chmodSync(path, 0o666);
    const driver = await context.spawn(undefined, unprivileged());
    const refused = storeRefused(
      context,
      "owner",
      await update(context, driver, path),
      "store_permission",
      "its owner is another",
    );
    context.check(
      "names-it",
      refused.message.includes("of-another.json") || String(refused.path).includes("of-another.json"),
      "its path is not named",
    );
    keeps(context, "untouched", path, ODD_STORE, "it was refused");
    const left = temporariesIn(dirname(path));
    context.check("no-temporary", left.length === 0, () => `${left.join(", ")} stayed`);

    const secret = context.target("closed/secret.json");
    chownSync(secret, 12_345, 12_345);
    chmodSync(secret, 0o600);
    mkdirSync(dirname(secret), { recursive: true });
    const unreadable = await driver.call("store-read", { path: secret });
    const error = storeRefused(context, "unreadable", unreadable, "store_permission", "it may not be read");
    context.check("errno", error.errno === "EACCES", () => `errno is ${error.errno}`);
  },
};
