import { chmodSync, chownSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { keeps, leftNothing } from "../support/expect.js";
import { temporariesIn } from "../support/intents.js";
import { isRoot } from "../support/machine.js";
import { namesBeside, ODD_STORE, ODD_STORE_EDITED, succeeded, TO_NEW, update } from "../support/stores.js";

export const storeReplacedWhole: CaseDefinition = {
  id: "store-replaced-whole",
  title: "A replaced store keeps its mode, its owner and whatever nobody has edited; an unchanged one is left alone",
  group: "store",
  level: "MUST",
  rules: ["STORE-6", "STORE-7"],
  field: [45, 77],
  profile: "refresh",
  needs: ["store"],
  parallel: true,
  how: "A store with unknown keys, odd spelling, mode 0640 and (as root) an owner of its own is edited. Every other byte, mode and owner must stay, by a new file in the old one's place, and nothing may be left beside it. An edit that changes nothing makes no file. A new store has mode 0600 whatever the umask.",
  timeoutMs: 30_000,
  async run(context) {
    const path = context.target("stores/odd.json");
    writeFileSync(path, ODD_STORE);
    chmodSync(path, 0o640);
    if (isRoot()) chownSync(path, 12_345, 23_456);
    const before = statSync(path);
    const driver = await context.spawn();
    const first = succeeded(context, "edited", await update(context, driver, path), "nothing stands in the way");
    context.check("says-changed", first["changed"] === true, "it says that nothing has changed");
    keeps(context, "other-bytes", path, ODD_STORE_EDITED, "only the token was edited");
    const after = statSync(path);
    context.check("mode", (after.mode & 0o777) === 0o640, () => `the mode is ${(after.mode & 0o777).toString(8)}`);
    context.check(
      "owner",
      after.uid === before.uid && after.gid === before.gid,
      () => `owner ${after.uid}:${after.gid}`,
    );
    context.check("replaced", after.ino !== before.ino, "the store was written in place: a reader can find it torn");

    const again = succeeded(context, "unchanged", await update(context, driver, path), "it is as edited");
    context.check("says-unchanged", again["changed"] === false, "it says that something has changed");
    context.check("left-alone", statSync(path).ino === after.ino, "a store that needed no change was replaced");
    nothingLeft(context, path);
    await newStore(context);
  },
};

async function newStore(context: CaseContext): Promise<void> {
  const driver = await context.spawn(undefined, { env: {} });
  const path = context.target("stores/new.json");
  for (const mask of driver.has("process") ? [0, 0o277] : []) {
    rmSync(path);
    await driver.ask("umask", { mask });
    succeeded(context, "new", await update(context, driver, path, TO_NEW), "there was no store");
    keeps(context, "new-bytes", path, '{\n  "token": "new"\n}\n', "a new store has the edit alone");
    const mode = statSync(path).mode & 0o777;
    context.check(
      "new-mode",
      mode === 0o600,
      () => `the mode is ${mode.toString(8)} with the umask ${mask.toString(8)}`,
    );
  }
  nothingLeft(context, path);
}

function nothingLeft(context: CaseContext, path: string): void {
  leftNothing(context, "lock-gone", path, "an update");
  const left = temporariesIn(dirname(path));
  context.check("no-temporary", left.length === 0, () => `${namesBeside(path)} are there`);
}
