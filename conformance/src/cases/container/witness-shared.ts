import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition, Driver, Held, LockOptions } from "../../engine/case.js";
import { askWitness } from "../../engine/judge/witnesses.js";
import { CONTAINER, firstIn } from "../support/containers.js";
import { isWitnessName } from "../support/files.js";
import { listen } from "../support/neighbours.js";
import { age, BEYOND_WATCH } from "../support/times.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

const ALWAYS: LockOptions = { witness: "always" };
const MOST_IDLE = 16;

export const witnessShared: CaseDefinition = {
  id: "witness-shared",
  title: "A process has one witness in a directory, and keeps it as long as anything names it",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-1", "WITNESS-5", "WITNESS-8"],
  field: [5, 49],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare"],
  parallel: true,
  how: "Pid 1 of a container holds two locks in one directory and one in another: two witnesses. One of the two is released: the other must be kept from a contender in another container. Its witness is unlinked by a cleaner: still kept, and the next lock names a new one that answers, also when another socket stands at the old name. After twenty directories no more than sixteen witnesses are left, after the end of the process none. Killed, what it held is taken at once.",
  timeoutMs: 120_000,
  async run(context) {
    const [holder, contender] = await Promise.all([
      firstIn(context, context.implementation),
      context.spawn(undefined, CONTAINER),
    ]);
    await oneForTwo(context, holder, contender);
    await cleaned(context, holder, contender);
    await idle(context);
  },
};

const witnessOf = (held: Held): string => join(dirname(held.lockPath), held.witness ?? "none");

async function answers(context: CaseContext, check: string, held: Held): Promise<void> {
  const answer = await askWitness(witnessOf(held));
  context.check(check, answer === "answers", () => `the witness of a living holder: ${answer}`);
}

async function oneForTwo(context: CaseContext, holder: Driver, contender: Driver): Promise<void> {
  const one = await holder.acquire(context.target("shared/one.json"));
  const two = await holder.acquire(context.target("shared/two.json"));
  const far = await holder.acquire(context.target("far/one.json"));
  context.check("one-in-a-directory", one.witness === two.witness, () => `${one.witness} and ${two.witness}`);
  context.check("each-directory-its-own", one.witness !== far.witness, () => `${one.witness} in both directories`);
  await one.release();
  await answers(context, "open-for-the-other", two);
  age(two.lockPath);
  await keptFromTaking(context, contender, two.target, "other-kept", "its holder has released another lock");
  await two.release();
  await far.release();
  const again = await holder.acquire(context.target("shared/one.json"));
  await answers(context, "answers-again", again);
  await again.release();
}

async function cleaned(context: CaseContext, holder: Driver, contender: Driver): Promise<void> {
  const first = await holder.acquire(context.target("cleaned/one.json"));
  context.excuse(witnessOf(first), "removed by the case");
  rmSync(witnessOf(first));
  age(first.lockPath);
  await keptFromTaking(
    context,
    contender,
    first.target,
    "cleaned-kept",
    "a cleaner came, its holder lives",
    BEYOND_WATCH,
  );
  const second = await holder.acquire(context.target("cleaned/two.json"));
  context.check("made-anew", second.witness !== first.witness, "it names a witness that is gone");
  await answers(context, "new-one-answers", second);
  await second.release();

  rmSync(witnessOf(second), { force: true });
  const impostor = await listen(context, second.target, witnessOf(second));
  const third = await holder.acquire(context.target("cleaned/three.json"));
  context.check("not-the-impostor", third.witness !== second.witness, "it names a socket that is not its own");
  await impostor.die();
  await holder.kill();
  await takenAtOnce(context, contender, third.target, "killed-taken", "its holder was killed");
}

async function idle(context: CaseContext): Promise<void> {
  const driver = await context.spawn(undefined, { env: {} });
  const targets = Array.from({ length: 20 }, (_, index) => context.target(`idle-${index}/file.json`));
  for (const target of targets) await (await driver.acquire(target, ALWAYS)).release();
  const left = (): string[] => targets.flatMap((target) => readdirSync(dirname(target)).filter(isWitnessName));
  context.check("idle-bounded", left().length <= MOST_IDLE, () => `${left().length} witnesses are idle`);
  await driver.bye();
  if (!driver.has("exit-hook")) return;
  context.check("none-at-exit", left().length === 0, () => `${left().length} witnesses were left at exit`);
}
