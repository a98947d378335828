import { rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { CaseContext, CaseDefinition, Driver, Pending } from "../../engine/case.js";
import { replaceStore } from "../support/adopting.js";
import { keeps } from "../support/expect.js";
import { bytesOf } from "../support/files.js";
import { temporariesIn } from "../support/intents.js";
import { ODD_STORE, settled, startUpdate, storeRefused, TO_NEW } from "../support/stores.js";
import { fresh } from "../support/team.js";

const THEIRS = '{"token":"theirs"}\n';

export const storeChangedMeanwhile: CaseDefinition = {
  id: "store-changed-meanwhile",
  title: "What somebody wrote without the lock is not overwritten",
  group: "store",
  level: "MUST",
  rules: ["STORE-4", "STORE-7"],
  field: [10, 70],
  profile: "refresh",
  needs: ["store", "points"],
  parallel: true,
  how: "A writer is stopped when its temporary file is written; meanwhile somebody without the lock replaces the store, rewrites it in place with equal length and its old time, or removes it. Continued, the writer must end with store_changed, or with both changes in the store; theirs must not be lost. A store that appears just before a new one is put into its place stays too.",
  timeoutMs: 60_000,
  async run(context) {
    for (const [name, meddle] of Object.entries(MEDDLING)) {
      const path = context.target(`stores/${name}.json`);
      writeFileSync(path, ODD_STORE);
      const { driver, pending } = await stoppedIn(context, path, "store:written");
      meddle(path);
      const theirs = bytesOf(path);
      driver.cont();
      const reply = await settled(context, pending);
      storeRefused(context, name, reply, "store_changed", `the store was ${name} without the lock`);
      keeps(context, `${name}-stays`, path, theirs, "somebody else has written it");
      noTemporary(context, path);
    }
    const path = context.target("stores/appeared.json");
    rmSync(path);
    const { driver, pending } = await stoppedIn(context, path, "store:verified");
    writeFileSync(path, THEIRS);
    driver.cont();
    storeRefused(context, "appeared", await settled(context, pending), "store_changed", "the store has appeared");
    keeps(context, "appeared-stays", path, THEIRS, "somebody else has made it");
    noTemporary(context, path);
  },
};

const MEDDLING: Readonly<Record<string, (path: string) => void>> = {
  replaced: (path) => void replaceStore(path, THEIRS),
  rewritten: (path) => {
    const { atime, mtime } = statSync(path);
    writeFileSync(path, ODD_STORE.replace('"old"', '"OLD"'));
    utimesSync(path, atime, mtime);
  },
  "replaced-by-equal-bytes": (path) => void replaceStore(path, ODD_STORE),
  removed: (path) => rmSync(path),
};

async function stoppedIn(
  context: CaseContext,
  path: string,
  point: string,
): Promise<{ driver: Driver; pending: Pending }> {
  const driver = await fresh(context);
  await driver.arm(point, "stop");
  const pending = startUpdate(context, driver, path, TO_NEW);
  await driver.nextEvent(point);
  return { driver, pending };
}

function noTemporary(context: CaseContext, path: string): void {
  const left = temporariesIn(dirname(path));
  context.check("no-temporary", left.length === 0, () => `${left.join(", ")} stayed`);
}
