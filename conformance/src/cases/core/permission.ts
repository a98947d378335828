import { chmodSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Attempt, CaseContext, CaseDefinition } from "../../engine/case.js";
import { keeps, timed, wasRefused } from "../support/expect.js";
import { bytesOf, lockOf } from "../support/files.js";
import { isRoot } from "../support/machine.js";
import { helperLock, openclawLock } from "../support/payloads.js";
import { deadPid, sleeper } from "../support/processes.js";
import { unprivileged } from "../support/team.js";

export const permission: CaseDefinition = {
  id: "permission",
  title: "What may not be read or written is reported as such, at once",
  group: "core",
  level: "MUST",
  rules: ["ERROR-1", "ERROR-2"],
  field: [45, 46],
  profile: "basic",
  needs: ["basic", "detail"],
  environment: ["linux"],
  parallel: true,
  refusalsOnly: true,
  how: "A process without privileges asks for a lock that it may not read, for one in a directory that it may not write, and for a dead owner's lock in such a directory. Each must be refused with file_lock_permission at once, naming the path, and nothing may change.",
  timeoutMs: 40_000,
  async run(context) {
    const driver = await context.spawn(undefined, unprivileged());
    const attempt = (target: string) => timed(() => driver.tryAcquire(target, { timeoutMs: context.limit(6_000) }));

    const sealed = context.target("sealed.json");
    context.plant(lockOf(sealed), openclawLock(await sleeper(context)), { mode: 0 });
    if (!isRoot()) context.cleanup(() => chmodSync(lockOf(sealed), 0o600));
    refused(context, "unreadable-lock", await attempt(sealed));

    const directory = join(dirname(context.target()), "frozen");
    mkdirSync(directory);
    const free = join(directory, "free.json");
    const stale = join(directory, "stale.json");
    const bytes = helperLock(lockOf(stale), { pid: deadPid(), starttime: 1 });
    context.plant(lockOf(stale), bytes);
    chmodSync(directory, 0o555);
    context.cleanup(() => chmodSync(directory, 0o755));
    refused(context, "unwritable-directory", await attempt(free));
    refused(context, "stale-in-unwritable-directory", await attempt(stale));
    context.check("nothing-made", bytesOf(lockOf(free)) === "(nothing)", "a lock was made in a read-only directory");
    keeps(context, "stale-kept", lockOf(stale), bytes, "a read-only directory stays as it is");
  },
};

function refused(context: CaseContext, what: string, { result, ms }: { result: Attempt; ms: number }): void {
  const error = wasRefused(context, what, result, "file_lock_permission", "it is not permitted");
  context.check(`${what}-at-once`, ms < context.limit(4_000), () => `it took ${Math.round(ms)} ms`);
  context.check(`${what}-errno`, error.errno === "EACCES", () => `errno is ${error.errno}`);
  const path = error.path ?? "";
  context.check(
    `${what}-path`,
    path.startsWith("/") && error.message.includes(path),
    () => `path ${path}: ${error.message}`,
  );
}
