import { mkdirSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { gotIt, wasRefused } from "../support/expect.js";
import { isThere, lockOf } from "../support/files.js";
import { fresh } from "../support/team.js";

export const pathSpellings: CaseDefinition = {
  id: "path-spellings",
  title: "All spellings of a path are one lock; a final symbolic link is another",
  group: "core",
  level: "MUST",
  rules: ["PATH-1", "PATH-2"],
  field: [44],
  profile: "basic",
  needs: ["basic", "process"],
  how: "While a file is locked, it is asked for by relative paths, with dots (taken out by name) and through a linked parent: each must meet the same lock. A final symbolic link must be a lock of its own. A relative path must mean what it meant when the call began, although the working directory changes meanwhile.",
  timeoutMs: 40_000,
  async run(context) {
    const target = context.target();
    const directory = dirname(target);
    const name = basename(target);
    const held = await (await context.spawn()).acquire(target);
    context.check("lock-path", held.lockPath === lockOf(target), () => `the lock is at ${held.lockPath}`);

    const linkedParent = join(context.dir, "linked");
    symlinkSync(directory, linkedParent);
    const other = await fresh(context);
    await other.ask("chdir", { path: directory });
    const inner = join(directory, "inner");
    mkdirSync(inner);
    symlinkSync(context.dir, join(directory, "away"));
    for (const spelling of [
      name,
      `./${name}`,
      `inner/../${name}`,
      `away/../${name}`,
      `${directory}//${name}`,
      `${linkedParent}/${name}`,
    ]) {
      const attempt = await other.tryAcquire(spelling, { timeoutMs: 0 });
      const error = wasRefused(context, "one-lock", attempt, "file_lock_timeout", `${spelling} is held`);
      context.check("same-path", error.lockPath === lockOf(target), () => `${spelling} is ${error.lockPath}`);
    }
    const link = join(directory, "link.json");
    symlinkSync(name, link);
    const own = gotIt(context, "final-link", await other.tryAcquire(link, { timeoutMs: 0 }), "a link is a lock apart");
    context.check("final-link-path", own.lockPath === lockOf(link), () => `its lock is at ${own.lockPath}`);
    await own.release();
    await held.release();
    await directoryChanges(context, directory, name, inner);
  },
};

async function directoryChanges(context: CaseContext, directory: string, name: string, inner: string): Promise<void> {
  const target = join(directory, name);
  const held = await (await context.spawn()).acquire(target);
  const waiter = await fresh(context);
  await waiter.ask("chdir", { path: directory });
  const pending = waiter.startAcquire(name, { timeoutMs: context.limit(10_000) });
  // A round trip and a pause: the driver has the acquire under way, not only in its input.
  await waiter.ask("chdir", { path: directory });
  await context.sleep(context.limit(150));
  await waiter.ask("chdir", { path: inner });
  await held.release();
  const got = gotIt(context, "relative-once", await pending.result, "the lock was released");
  context.check("resolved-at-start", got.lockPath === lockOf(target), () => `it took ${got.lockPath}`);
  context.check("held-by-full-path", await got.verify(), "verify looks elsewhere after the directory has changed");
  await got.release();
  context.check("released-by-full-path", !isThere(lockOf(target)), "release looked elsewhere");
}
