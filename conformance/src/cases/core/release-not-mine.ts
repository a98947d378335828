import { readFileSync, rmSync } from "node:fs";
import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { bytesOf, isThere, replaceFile, takeAway } from "../support/files.js";
import { helperLock } from "../support/payloads.js";
import { sleeper } from "../support/processes.js";

export const releaseNotMine: CaseDefinition = {
  id: "release-not-mine",
  title: "Release leaves a lock alone that is not the holder's own, and says so",
  group: "core",
  level: "MUST",
  rules: ["RELEASE-1", "RELEASE-2"],
  field: [28, 29, 33],
  profile: "basic",
  needs: ["basic"],
  parallel: true,
  how: "While a process holds, its lock is removed, replaced by another owner's, and shortened by one byte. Release must say file_lock_lost each time and leave what is there; a copy with the very same bytes is still the holder's own.",
  timeoutMs: 40_000,
  async run(context) {
    const driver = await context.spawn();
    await removed(context, driver);
    await changed(context, driver, "replaced", await replacement(context));
    await changed(context, driver, "shortened", (bytes) => bytes.slice(0, -1));
    await changed(context, driver, "one-byte-differs", (bytes) => bytes.replace('"pid"', '"Pid"'));
    await copied(context, driver);
  },
};

async function removed(context: CaseContext, driver: Driver): Promise<void> {
  const held = await driver.acquire(context.target("removed.json"));
  takeAway(context, held);
  await saysLost(context, "removed", held.tryRelease());
}

async function changed(
  context: CaseContext,
  driver: Driver,
  name: string,
  change: (bytes: string) => string,
): Promise<void> {
  const held = await driver.acquire(context.target(`${name}.json`));
  const bytes = change(bytesOf(held.lockPath));
  takeAway(context, held);
  context.plant(held.lockPath, bytes);
  await saysLost(context, name, held.tryRelease());
  keeps(context, `${name}-left-alone`, held.lockPath, bytes, "release must leave what is not its own");
  rmSync(held.lockPath, { force: true });
}

async function copied(context: CaseContext, driver: Driver): Promise<void> {
  const held = await driver.acquire(context.target("copied.json"));
  replaceFile(held.lockPath, readFileSync(held.lockPath, "utf8"));
  await held.release();
  context.check("own-bytes-released", !isThere(held.lockPath), "the holder's own bytes in a new file were left behind");
}

async function saysLost(context: CaseContext, name: string, release: Promise<{ status: string }>): Promise<void> {
  const reply = await release;
  const code = "code" in reply ? reply.code : reply.status;
  context.check(
    `${name}-says-lost`,
    code === "file_lock_lost",
    () => `release of a lock that was ${name} said ${code}`,
  );
}

async function replacement(context: CaseContext): Promise<() => string> {
  const successor = await sleeper(context);
  const bytes = helperLock(context.target("replaced.json"), successor);
  return () => bytes;
}
