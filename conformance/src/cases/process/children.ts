import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition, Driver, Held, SpawnOptions } from "../../engine/case.js";
import { askWitness } from "../../engine/judge/witnesses.js";
import { keeps, wasRefused } from "../support/expect.js";
import { bytesOf, descriptorsOn } from "../support/files.js";
import { stateOf } from "../support/machine.js";
import { fresh } from "../support/team.js";
import { takenAtOnce } from "../support/verdicts.js";

type How = "fork" | "exec" | "worker";

const TITLES: Readonly<Record<How, string>> = {
  fork: "A forked child has no part in its parent's locks: not when it releases, nor when it ends, nor when it lives on alone",
  exec: "A program that a holder starts inherits nothing of its locks, and keeps none of them alive",
  worker: "A worker that ends, or releases, takes no lock from the program that it belongs to",
};

const DONE: Readonly<Record<How, string>> = {
  fork: "The child releases the lock, and ends through its exit hooks. Another child stays, and the parent is killed.",
  exec: "The program ends. Another one stays, which must have neither the lock nor a socket of its parent open, and the parent is killed.",
  worker: "The worker releases the lock where it can, and ends through its exit hooks.",
};

const childCase = (how: How): CaseDefinition => ({
  id: `${how}-child`,
  title: TITLES[how],
  group: "process",
  level: "MUST",
  rules: how === "fork" ? ["RELEASE-8", "RELEASE-11"] : ["RELEASE-11"],
  field: [21],
  profile: "reclaim",
  needs: ["basic", "reclaim", how],
  ...(how === "fork" && { noMutant: "Mutants are made of the reference in Node, which cannot fork." }),
  environment: ["linux"],
  parallel: true,
  how: `A process that holds a lock, with and without a witness, starts a child: ${how}. ${DONE[how]} While the parent lives its lock must stay byte for byte, be verified, refuse others, and its witness answer; when it is dead the next single try must take the lock, and its witness refuse, whoever lives on.`,
  timeoutMs: 60_000,
  async run(context) {
    const contender = await context.spawn();
    const ways = context.implementation.capabilities.has("witness") ? (["never", "always"] as const) : [undefined];
    for (const witness of ways) {
      const options = witness === undefined ? {} : { witness };
      const holder = await fresh(context, how === "worker" ? {} : OUTLIVED);
      const wrapper = parentOf(holder.osPid);
      try {
        const held = await holder.acquire(context.target(`${how}-${witness}/file.json`), options);
        await ends(context, how, held, contender);
        if (how === "worker") await held.release();
        else await outlives(context, how, held, contender);
      } finally {
        if (how !== "worker") await endWithWrapper(wrapper, holder);
      }
    }
  },
});

/** The wrapper goes on when the holder has ended, or the suite would end whatever is left of its group. */
const OUTLIVED: SpawnOptions = { wrapper: ["sh", "-c", '"$@"; sleep 36000', "sh"] };

const parentOf = (pid: number): number =>
  Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

/** The end that the engine waits for is that of what it has started: the wrapper. */
async function endWithWrapper(wrapper: number, holder: Driver): Promise<void> {
  if (!holder.alive) return;
  process.kill(wrapper, "SIGKILL");
  await holder.kill();
}

const child = (holder: Driver, how: How, { handle }: Held, ends: "exit" | "stay") =>
  holder.ask("child", { how, handle, ends }, { timeoutMs: 20_000 });

const witnessOf = ({ lockPath, witness }: Held): string | undefined =>
  witness === null || witness === undefined ? undefined : join(dirname(lockPath), witness);

async function ends(context: CaseContext, how: How, held: Held, contender: Driver): Promise<void> {
  const bytes = bytesOf(held.lockPath);
  // Twice: what a first child has forgotten, a second one does not know.
  for (const round of ["first", "second"]) {
    const { outcome } = await child(held.driver, how, held, "exit");
    context.log("what releasing said", { how, round, outcome });
    keeps(context, `${how}-ended-kept`, held.lockPath, bytes, "the parent holds");
    context.check(`${how}-ended-verified`, await held.verify(), "the parent's verify denies its own lock");
    const attempt = await contender.tryAcquire(held.target, { timeoutMs: 100 });
    wasRefused(context, `${how}-ended-held`, attempt, "file_lock_timeout", "the parent holds");
    const witness = witnessOf(held);
    if (witness === undefined) continue;
    const answer = await askWitness(witness);
    context.check(`${how}-ended-witness`, answer === "answers", () => `the living parent's witness says ${answer}`);
  }
}

async function outlives(context: CaseContext, how: How, held: Held, contender: Driver): Promise<void> {
  const { driver } = held;
  const { pid } = await child(driver, how, held, "stay");
  const staying = Number(pid);
  const lives = (): boolean => !["Z", "X", undefined].includes(stateOf(staying));
  context.require(`${how}-stays`, lives(), () => `the child ${staying} does not live`);
  if (how === "exec") inheritsNothing(context, held, staying);
  const witness = witnessOf(held);
  if (witness !== undefined) context.excuse(witness, "its owner was killed");
  context.referee.forfeit(held);
  process.kill(driver.osPid, "SIGKILL");
  await context.until("the parent is dead", () => stateOf(driver.osPid) === undefined);
  await takenAtOnce(context, contender, held.target, `${how}-taken`, "its holder is dead, whoever lives on");
  if (witness !== undefined) {
    const answer = await askWitness(witness);
    context.check(`${how}-witness`, answer !== "answers", "the dead parent's witness answers");
  }
  context.check(`${how}-lived`, lives(), "the child had not lived on, so nothing was shown");
}

function inheritsNothing(context: CaseContext, { lockPath, driver }: Held, pid: number): void {
  const open = descriptorsOn(pid, lockPath);
  context.check("exec-no-descriptor", open.length === 0, () => `it has the lock open as ${open.join(", ")}`);
  const parents = new Set(links(driver.osPid).filter((link) => link.startsWith("socket:")));
  const shared = links(pid).filter((link) => parents.has(link));
  context.check("exec-no-socket", shared.length === 0, () => `it has its parent's ${shared.join(", ")} open`);
}

/** What a process has open besides its standard streams, which it may well share. It may be opening and closing files. */
function links(pid: number): string[] {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory)
    .filter((descriptor) => Number(descriptor) > 2)
    .flatMap((descriptor) => {
      try {
        return [readlinkSync(join(directory, descriptor))];
      } catch {
        return [];
      }
    });
}

export const childCases: readonly CaseDefinition[] = (["fork", "exec", "worker"] as const).map(childCase);
