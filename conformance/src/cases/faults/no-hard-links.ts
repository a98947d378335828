import { chownSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { gotIt, leftNothing } from "../support/expect.js";
import { bytesOf, candidates, isWitnessName } from "../support/files.js";
import { unprivileged } from "../support/team.js";

const NOBODY = 65_534;

export const noHardLinks: CaseDefinition = {
  id: "no-hard-links",
  title: "Where a hard link is refused the lock is published all the same, whole and exclusively",
  group: "faults",
  level: "MUST",
  rules: ["PUBLISH-4", "PUBLISH-9"],
  field: [56],
  profile: "basic",
  needs: ["basic", "points"],
  environment: ["linux", "root"],
  parallel: true,
  how: "A contender without privileges is stopped with its candidate written; the candidate is given to another user, so that the kernel refuses to link it (protected_hardlinks). Continued, it must publish without a link: whole, with mode 0444, and leave nothing but the lock.",
  timeoutMs: 30_000,
  async run(context: CaseContext) {
    const isProtected = readFileSync("/proc/sys/fs/protected_hardlinks", "utf8").trim() === "1";
    context.require(
      "links-are-protected",
      isProtected,
      "sysctl fs.protected_hardlinks is not 1: no link would be refused",
    );
    const target = join(dirname(context.target()), "unlinkable", "file.json");
    mkdirSync(dirname(target));
    const driver = await context.spawn(undefined, unprivileged());
    await driver.arm("acquire:candidate", "stop");
    const pending = driver.startAcquire(target, { timeoutMs: context.limit(10_000) });
    await driver.nextEvent("acquire:candidate");
    const [candidate] = candidates(target);
    context.require("candidate", candidate !== undefined, "there is no candidate");
    chownSync(join(dirname(target), candidate), NOBODY, NOBODY);

    driver.cont();
    const held = gotIt(context, "acquired", await pending.result, "links are refused, but files can be made");
    context.check("whole", bytesOf(held.lockPath).endsWith("\n}\n"), () => bytesOf(held.lockPath));
    const names = readdirSync(dirname(target)).filter((name) => !isWitnessName(name));
    context.check("only-the-lock", names.join() === "file.json.lock", () => `there are ${names.join(", ")}`);
    context.check("verified", await held.verify(), "it does not hold what it took");
    await held.release();
    leftNothing(context, "nothing-left", target, "a release");
  },
};
