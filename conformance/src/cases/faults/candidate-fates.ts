import { linkSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { gotIt, leftNothing } from "../support/expect.js";
import { bytesOf, candidates, lockOf } from "../support/files.js";
import { helperLock } from "../support/payloads.js";
import { stoppedAt } from "../support/points.js";
import { sleeper } from "../support/processes.js";

export const candidateFates: CaseDefinition = {
  id: "candidate-fates",
  title: "Whatever becomes of a candidate, its owner begins again with a fresh one or knows that it holds",
  group: "faults",
  level: "MUST",
  rules: ["PATH-5", "PUBLISH-2", "PUBLISH-3"],
  field: [56],
  profile: "basic",
  needs: ["basic", "points"],
  how: "A contender is stopped with its candidate written. The candidate is swept: it must begin again and get the lock. The candidate is already linked (a lost reply), and perhaps swept since: it must know that it holds. Somebody else publishes first: it must wait, and later publish a fresh candidate, never the old one.",
  timeoutMs: 60_000,
  async run(context) {
    await swept(context);
    await replyLost(context, "lost-reply", () => {});
    await replyLost(context, "lost-reply-and-swept", rmSync);
    await overtaken(context);
  },
};

/** The only candidate beside the target. */
function candidateOf(context: CaseContext, target: string): string {
  const names = candidates(target);
  context.require("one-candidate", names.length === 1, () => `the candidates are ${names.join(", ")}`);
  const path = join(dirname(target), names[0]!);
  const { token } = JSON.parse(bytesOf(path)) as { token: string };
  const isNamed = basename(path) === `.openclaw-lock-${token}.tmp`;
  context.check("candidate-name", isNamed, () => `the candidate with the token ${token} is ${basename(path)}`);
  return path;
}

async function swept(context: CaseContext): Promise<void> {
  const target = context.target("swept/file.json");
  const contender = await stoppedAt(context, "acquire:candidate", target);
  rmSync(candidateOf(context, target));
  contender.driver.cont();
  const held = gotIt(context, "swept-begins-again", await contender.pending.result, "nobody else wants the lock");
  context.check(
    "swept-really-there",
    bytesOf(lockOf(target)).includes(held.token),
    "it holds a lock that is not there",
  );
  await held.release();
  leftNothing(context, "swept-nothing-left", target, "a release");
}

async function replyLost(context: CaseContext, name: string, fate: (candidate: string) => void): Promise<void> {
  const target = context.target(`${name}/file.json`);
  const contender = await stoppedAt(context, "acquire:candidate", target);
  const candidate = candidateOf(context, target);
  linkSync(candidate, lockOf(target));
  fate(candidate);
  contender.driver.cont();
  const held = gotIt(context, `${name}-holds`, await contender.pending.result, "its own bytes are at the lock path");
  await held.release();
  leftNothing(context, `${name}-nothing-left`, target, "a release");
}

async function overtaken(context: CaseContext): Promise<void> {
  const target = context.target("overtaken/file.json");
  const contender = await stoppedAt(context, "acquire:candidate", target);
  const { token } = JSON.parse(bytesOf(candidateOf(context, target))) as { token: string };
  const other = helperLock(lockOf(target), await sleeper(context));
  context.plant(lockOf(target), other);
  contender.driver.cont();
  await context.sleep(200);
  context.check("overtaken-waits", !contender.pending.settled, "it did not wait for the other's lock");
  const waiting = candidates(target);
  context.check("no-candidate-kept", waiting.length === 0, () => `it keeps ${waiting.join(", ")} while it waits`);
  const freedAt = Date.now();
  rmSync(lockOf(target));
  const held = gotIt(context, "overtaken-served", await contender.pending.result, "the lock is free");
  context.check("fresh-candidate", held.token !== token, "it published the candidate of an earlier attempt");
  const { createdAt } = JSON.parse(bytesOf(lockOf(target))) as { createdAt: string };
  const isFresh = Date.parse(createdAt) >= freedAt - 1;
  context.check("fresh-date", isFresh, () => `createdAt is ${createdAt}, before the path was free`);
  await held.release();
}
