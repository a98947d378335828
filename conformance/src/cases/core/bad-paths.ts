import { mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseDefinition, LockOptions } from "../../engine/case.js";
import { gotIt, leftNothing, timed, wasRefused } from "../support/expect.js";

export const badPaths: CaseDefinition = {
  id: "bad-paths",
  title: "A target that names no file, and a purpose that is too long, are refused before anything is touched",
  group: "core",
  level: "MUST",
  rules: ["PATH-3", "PATH-4", "PAYLOAD-1", "ERROR-1", "ERROR-4"],
  field: [7, 44, 46],
  profile: "basic",
  needs: ["basic"],
  parallel: true,
  how: "Targets that are empty, contain NUL, or end in a slash, `.` or `..`, and purposes of more than 256 bytes of UTF-8, must be refused with file_lock_invalid_option; a missing parent with file_lock_io and ENOENT. Nothing may be made.",
  timeoutMs: 40_000,
  async run(context) {
    const driver = await context.spawn();
    const directory = join(dirname(context.target()), "shelf");
    mkdirSync(directory);
    context.planted(directory);
    const refuse = async (what: string, code: string, target: string, options: LockOptions = {}) => {
      const { result, ms } = await timed(() => driver.tryAcquire(target, options));
      const error = wasRefused(context, what, result, code, `this target or option is wrong (${what})`);
      context.check(`${what}-at-once`, ms < context.limit(3_000), () => `it took ${Math.round(ms)} ms`);
      const made = readdirSync(directory);
      context.check(`${what}-nothing-made`, made.length === 0, () => `${made.join(", ")} was made`);
      return error;
    };
    const invalid = "file_lock_invalid_option";
    await refuse("empty", invalid, "");
    await refuse("nul", invalid, `${directory}/a\0b.json`);
    await refuse("slash", invalid, `${directory}/`);
    await refuse("slash-after-file", invalid, `${directory}/file/`);
    await refuse("dot", invalid, `${directory}/.`);
    await refuse("dot-dot", invalid, `${directory}/..`);
    const missing = await refuse("missing-parent", "file_lock_io", `${directory}/none/file.json`);
    context.check("missing-errno", missing.errno === "ENOENT", () => `errno is ${missing.errno}`);

    const inside = `${directory}/file.json`;
    await refuse("long-purpose", invalid, inside, { purpose: "x".repeat(257) });
    await refuse("long-purpose-in-bytes", invalid, inside, { purpose: `${"é".repeat(128)}x` });
    const longest = await driver.tryAcquire(inside, { purpose: "é".repeat(128) });
    await gotIt(context, "longest-purpose", longest, "256 bytes are allowed").release();
    leftNothing(context, "nothing-left", inside, "a release");
  },
};
