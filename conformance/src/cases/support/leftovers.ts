import { mkdirSync } from "node:fs";
import type { CaseContext } from "../../engine/case.js";
import { lockOf } from "./files.js";
import { deadPid } from "./processes.js";
import { age } from "./times.js";

/** What a dead program of another locker has left, by the kind that it has in `spec/foreign.json`. */
export interface Leftover {
  readonly kind: string;
  put(context: CaseContext, lock: string, pid?: number): void;
}

const file = (kind: string, content: (pid: number) => string): Leftover => ({
  kind,
  put: (context, lock, pid = deadPid()) => context.plant(lock, content(pid)),
});

const directory: Leftover = {
  kind: "proper-lockfile",
  put: (context, lock) => {
    mkdirSync(lock);
    context.planted(lock);
  },
};

/** Those that name their maker. */
export const signed: readonly Leftover[] = [
  file("pid-file", (pid) => `${pid}\n`),
  file("filelock-soft", (pid) => `${pid}\nworkstation\n`),
  file("filelock-lease", (pid) => `filelock/2\npid=${pid}\nhost=workstation\nmode=lease\n`),
  file("cross-process-lock", (pid) => `{"pID":${pid},"lockTime":1700000000000}`),
];

/** All that may be removed when it is asked for. */
export const removable: readonly Leftover[] = [directory, ...signed, file("openclaw-torn", () => '{\n  "pid": 47')];

/** What nobody may remove, whatever the caller asks. */
export const permanent: readonly Leftover[] = [
  {
    kind: "directory",
    put: (context, lock) => {
      mkdirSync(lock);
      context.plant(`${lock}/precious`, "kept\n");
      context.planted(lock);
    },
  },
  file("filelock-strict", () => "1\nfilelock-strict-v1\0\n0\n"),
  file("git", () => "DIRC\0\0\0\u0002"),
  file("json-without-owner", () => '{"lease": "a7"}\n'),
  file("garbage", () => "do not touch\n"),
];

/** Puts it beside a target of its own, an hour ago. */
export function leave(context: CaseContext, leftover: Leftover, name: string, pid?: number): string {
  const target = context.target(`${name}.json`);
  leftover.put(context, lockOf(target), pid);
  age(lockOf(target));
  return target;
}

/** The same again. */
export function leaveAt(context: CaseContext, leftover: Leftover, target: string): void {
  leftover.put(context, lockOf(target));
  age(lockOf(target));
}
