import type { CaseDefinition } from "../../engine/case.js";
import { keeps, timed, wasRefused } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { namesKind } from "../support/foreign-kinds.js";

const OLD = new Date("2020-01-01T00:00:00.000Z");
const FOREIGN_MS = 300;

/** By their kind in `spec/foreign.json`. */
const CONTENTS: Readonly<Record<string, readonly [kind: string, content: string, name?: string]>> = {
  "cross-process-lock": ["cross-process-lock", '{"pID":4711,"lockTime":1700000000000}'],
  "pid-file": ["pid-file", "4711\n"],
  "filelock-soft": ["filelock-soft", "4711\nworkstation\n"],
  "filelock-soft-token": ["filelock-soft", `4711\nworkstation\n${"7".repeat(20)}\n`],
  "filelock-lease": ["filelock-lease", "filelock/2\npid=4711\nhost=workstation\nmode=lease\n"],
  "filelock-strict": ["filelock-strict", "1\nfilelock-strict-v1\0\n0\n"],
  "git-index": ["git", "DIRC\0\0\0\x02"],
  "git-config": ["git", "[core]\n", ".git/config"],
  "no-owner": ["json-without-owner", '{\n  "lease": "a7"\n}\n'],
  "half-written": ["openclaw-torn", '{\n  "pid": 47'],
  "byte-order-mark": ["garbage", '\ufeff{"pid":4711}\n'],
  text: ["garbage", "do not touch\n"],
};

export const foreignLockers: CaseDefinition = {
  id: "foreign-lockers",
  title: "The files of other lockers are named, waited for within a bound of their own, and kept",
  group: "foreign",
  level: "MUST",
  rules: ["PAYLOAD-6", "PAYLOAD-7", "ERROR-1", "FOREIGN-1", "FOREIGN-5"],
  field: [2, 38, 60, 62],
  profile: "basic",
  needs: ["basic", "detail"],
  parallel: true,
  refusalsOnly: true,
  how: "At the lock path lie old files that other lockers leave, half a payload, and text. Each must be refused with file_lock_foreign after foreignTimeoutMs, long before the time-out, and stay as it is; kind and sentence must be those of spec/foreign.json, from whoever knows that table.",
  timeoutMs: 60_000,
  async run(context) {
    const options = { timeoutMs: context.limit(20_000), foreignTimeoutMs: FOREIGN_MS };
    for (const [name, [kind, content, file = `${name}.json`]] of Object.entries(CONTENTS)) {
      const target = context.target(file);
      context.plant(lockOf(target), content, { mtime: OLD });
      const contender = await context.spawn();
      const { result, ms } = await timed(() => contender.tryAcquire(target, options));
      const error = wasRefused(context, name, result, "file_lock_foreign", "it is nobody's lock");
      const isBounded = ms >= FOREIGN_MS - 5 && ms < FOREIGN_MS + context.limit(3_000);
      context.check(`${name}-bounded`, isBounded, () => `it took ${Math.round(ms)} ms`);
      if (contender.has("foreign")) namesKind(context, name, error, kind, lockOf(target));
      else context.check(`${name}-kind`, (error.kind ?? "") !== "", "its kind is not named");
      keeps(context, `${name}-kept`, lockOf(target), content, "it may be in use");
    }
  },
};
