import { lstatSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition, LockOptions } from "../../engine/case.js";
import { type Answer, askWitness } from "../../engine/judge/witnesses.js";
import { gotIt } from "../support/expect.js";
import { bytesOf, isThere, isWitnessName, lockOf } from "../support/files.js";
import { plantDeadGuard, plantDeadLock } from "../support/plants.js";
import { stoppedAt } from "../support/points.js";
import { fresh } from "../support/team.js";
import { age } from "../support/times.js";

const ALWAYS: LockOptions = { witness: "always" };

export const witnessOrder: CaseDefinition = {
  id: "witness-order",
  title: "A witness listens before it has its name, and has its name before anything names it",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-1", "WITNESS-2", "WITNESS-5", "PATH-5"],
  field: [49],
  profile: "container",
  needs: ["basic", "reclaim", "guard", "points", "witness"],
  environment: ["linux"],
  parallel: true,
  how: "A process is stopped at each step: while its witness has no final name, when it has one, when the candidate, the lock, a guard and a marker are there, and in its release. Under its final name the witness must answer all the time, with mode 0666, and nothing may name it before. What is stopped for long is in nobody's way, its witness is not swept while it answers, and it gets its lock when it goes on.",
  timeoutMs: 120_000,
  async run(context) {
    await unnamed(context);
    await named(context);
    for (const point of ["acquire:candidate", "acquire:linked"]) await taking(context, point);
    await guarding(context, "reclaim:guarded", plantDeadLock);
    await guarding(context, "break:marked", (at, target) => {
      plantDeadLock(at, target);
      plantDeadGuard(at, target);
    });
    await releasing(context);
  },
};

const sockets = (target: string, pattern: RegExp): string[] =>
  readdirSync(dirname(target)).filter((name) => pattern.test(name));
const UNFINISHED = /^\.openclaw-lock-[0-9a-f]{16}\.tmp$/;

async function answers(context: CaseContext, check: string, path: string): Promise<void> {
  const answer: Answer = await askWitness(path);
  context.check(check, answer === "answers", () => `${path}: ${answer}, although its process lives`);
}

/** Others come and go, and sweep. */
async function passBy(context: CaseContext, check: string, target: string): Promise<void> {
  const attempt = await (await fresh(context)).tryAcquire(target, { timeoutMs: 0, witness: "never" });
  await gotIt(context, check, attempt, "whoever is stopped has published nothing").release();
}

async function unnamed(context: CaseContext): Promise<void> {
  const target = context.target("listening/file.json");
  const maker = await stoppedAt(context, "witness:listening", target, ALWAYS);
  const [name] = sockets(target, UNFINISHED);
  context.require("temporary-name", name !== undefined, () => `there is ${readdirSync(dirname(target)).join(", ")}`);
  await answers(context, "listens-first", join(dirname(target), name));
  const early = readdirSync(dirname(target)).filter(isWitnessName);
  context.check("no-name-yet", early.length === 0, () => `${early} is there before it listens for sure`);
  context.check("nothing-published", !isThere(lockOf(target)), "the lock is there before its witness");
  age(join(dirname(target), name));
  await passBy(context, "nobody-waits-for-the-unnamed", target);
  maker.driver.cont();
  const held = gotIt(context, "goes-on-from-listening", await maker.pending.result, "nobody else wants the lock");
  context.require("named-in-the-end", held.witness !== null, "it was to have a witness always");
  await answers(context, "answers-in-the-end", join(dirname(target), held.witness));
  await held.release();
}

async function named(context: CaseContext): Promise<void> {
  const target = context.target("named/file.json");
  const maker = await stoppedAt(context, "witness:named", target, ALWAYS);
  const [name, ...more] = readdirSync(dirname(target)).filter(isWitnessName);
  context.require("final-name", name !== undefined && more.length === 0, () => readdirSync(dirname(target)).join(", "));
  const path = join(dirname(target), name);
  const mode = (lstatSync(path).mode & 0o777).toString(8);
  context.check("mode", mode === "666", () => `a witness has mode 666, this one ${mode}`);
  await answers(context, "answers-when-named", path);
  context.check("nothing-named-yet", !isThere(lockOf(target)), "the lock is there before its witness");
  age(path);
  await passBy(context, "nobody-waits-for-the-named", target);
  context.check("not-swept", isThere(path), "a witness that answers was swept");
  maker.driver.cont();
  const held = gotIt(context, "goes-on-from-named", await maker.pending.result, "nobody else wants the lock");
  await answers(context, "answers-when-held", join(dirname(target), held.witness ?? ""));
  await held.release();
}

async function taking(context: CaseContext, point: string): Promise<void> {
  const target = context.target(`${point.replace(":", "-")}/file.json`);
  const taker = await stoppedAt(context, point, target, ALWAYS);
  const file = point === "acquire:linked" ? lockOf(target) : candidateOf(target);
  await names(context, `named-at-${point}`, file);
  taker.driver.cont();
  await gotIt(context, `goes-on-from-${point}`, await taker.pending.result, "nobody else wants the lock").release();
}

async function guarding(
  context: CaseContext,
  point: string,
  prepare: (context: CaseContext, target: string) => unknown,
): Promise<void> {
  const target = context.target(`${point.replace(":", "-")}/file.json`);
  prepare(context, target);
  const taker = await stoppedAt(context, point, target, ALWAYS);
  const own = readdirSync(dirname(target)).filter((name) => /\.reclaim(\.[0-9a-f]{16})?$/.test(name));
  const file = own.find((name) => bytesOf(join(dirname(target), name)).includes(`"pid": ${taker.driver.pid},`));
  context.require(`published-at-${point}`, file !== undefined, () => `there is ${own.join(", ")}`);
  await names(context, `named-at-${point}`, join(dirname(target), file));
  taker.driver.cont();
  await gotIt(context, `goes-on-from-${point}`, await taker.pending.result, "whoever was before is dead").release();
}

/** The lock goes first, its witness later: between the two nobody finds a lock whose living holder refuses. */
async function releasing(context: CaseContext): Promise<void> {
  const target = context.target("releasing/file.json");
  const holder = await fresh(context);
  const held = await holder.acquire(target, ALWAYS);
  await holder.arm("release:compared", "stop");
  const release = held.tryRelease();
  await holder.nextEvent("release:compared");
  await names(context, "named-in-release", lockOf(target));
  holder.cont();
  const { status } = await release;
  context.check("released", status === "ok", "the release was refused");
}

const candidateOf = (target: string): string => {
  const [name = "none"] = sockets(target, /^\.openclaw-lock-[0-9a-f]{32}\.tmp$/);
  return join(dirname(target), name);
};

/** The file names a witness, and that answers. */
async function names(context: CaseContext, check: string, file: string): Promise<void> {
  const [, name] = /"witness": "([^"]*)"/.exec(bytesOf(file)) ?? [];
  context.require(check, name !== undefined, () => `${file} names no witness: ${bytesOf(file)}`);
  await answers(context, `${check}-answers`, join(dirname(file), name));
}
