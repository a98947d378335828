import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, lstatSync, mkdirSync, openSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { basename, dirname } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { keeps, timed, wasRefused } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { isNamed } from "../support/foreign-kinds.js";
import { openclawLock } from "../support/payloads.js";
import { deadPid } from "../support/processes.js";

export const notAFile: CaseDefinition = {
  id: "not-a-file",
  title: "What is no regular file is refused at once by kind, and never opened, followed or removed",
  group: "foreign",
  level: "MUST",
  rules: ["PAYLOAD-5", "ERROR-1", "FOREIGN-1"],
  field: [39, 40, 41],
  profile: "basic",
  needs: ["basic", "detail"],
  environment: ["linux"],
  parallel: true,
  refusalsOnly: true,
  how: "At the lock path is a directory, a FIFO, a socket, a dangling link, and a link to a dead owner's payload. Each must be refused with file_lock_foreign and its kind, well before the time-out, and stay as it is.",
  timeoutMs: 40_000,
  async run(context) {
    const contender = await context.spawn();
    const innocent = context.target("innocent.json");
    const payload = openclawLock({ pid: deadPid(), createdAt: "2020-01-01T00:00:00.000Z" });
    context.plant(innocent, payload);
    const objects: readonly [name: string, kind: string, make: (path: string) => void | Promise<void>][] = [
      ["directory", "proper-lockfile", (path) => mkdirSync(path)],
      ["fifo", "fifo", (path) => void spawnSync("mkfifo", [path])],
      ["socket", "socket", (path) => listen(context, path)],
      ["dangling-link", "symlink", (path) => symlinkSync("/nowhere/at/all", path)],
      ["link", "symlink", (path) => symlinkSync(basename(innocent), path)],
    ];
    for (const [name, kind, make] of objects) {
      const target = context.target(`${name}.json`);
      await make(lockOf(target));
      context.planted(lockOf(target));
      const before = lstatSync(lockOf(target)).ino;
      const { result, ms } = await timed(() => contender.tryAcquire(target, { timeoutMs: context.limit(4_000) }));
      const error = wasRefused(context, name, result, "file_lock_foreign", `the lock is a ${name}`);
      context.check(`${name}-at-once`, ms < context.limit(2_500), () => `it took ${Math.round(ms)} ms`);
      isNamed(context, `${name}-kind`, contender, error, kind);
      const after = lstatSync(lockOf(target), { throwIfNoEntry: false })?.ino;
      context.check(`${name}-kept`, after === before, () => `the ${name} is gone`);
    }
    keeps(context, "link-target-kept", innocent, payload, "a link at the lock path leads here");
  },
};

async function listen(context: CaseContext, path: string): Promise<void> {
  const server = createServer();
  const directory = openSync(dirname(path), "r");
  // Through the descriptor, since the path of a socket may only have about a hundred bytes.
  server.listen(`/proc/self/fd/${directory}/${basename(path)}`);
  await once(server, "listening");
  context.cleanup(() => {
    server.close();
    closeSync(directory);
  });
}
