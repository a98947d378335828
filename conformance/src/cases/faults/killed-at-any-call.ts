import { writeFileSync } from "node:fs";
import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { gotIt, standsClear } from "../support/expect.js";
import { faultsOf, sampled } from "../support/faults.js";
import { bytesOf } from "../support/files.js";
import { type Fault, faultText, suffering } from "../support/injection.js";
import { plantDeadLock } from "../support/plants.js";
import { ODD_STORE, ODD_STORE_EDITED, startUpdate, update } from "../support/stores.js";
import { fresh } from "../support/team.js";

const KILLS_EACH = 14;
const KILL = ["signal=KILL"];

export const killedAtAnyCall: CaseDefinition = {
  id: "killed-at-any-call",
  title: "A kill at any system call leaves a state from which a single try gets the lock, and whole stores",
  group: "faults",
  level: "MUST",
  rules: ["PUBLISH-2", "RECLAIM-6", "RECLAIM-7", "WAIT-3", "STORE-7"],
  field: [11, 25, 26, 34, 77],
  profile: "reclaim",
  needs: ["basic", "reclaim", "guard"],
  environment: ["linux", "root", "strace"],
  how: "strace kills a process (-9) at the nth of its calls of one kind while it takes, releases or reclaims a lock, or edits a store under one. Then a single try must get the lock and no guard may stay; the store must be the old one or the new one, whole, and the next update must succeed. With --full at every call.",
  timeoutMs: 1_800_000,
  async run(context: CaseContext) {
    const other = await context.spawn();
    const scenes = other.has("store") ? [...LOCK_SCENES, updateScene] : LOCK_SCENES;
    for (const scene of scenes) {
      const name = scene.name;
      let deaths = 0;
      let victim: Driver | undefined;
      const options = { effects: KILL, store: scene === updateScene };
      const faults = sampled(context, faultsOf(context.target(`${name}/file.json`), options), KILLS_EACH);
      for (const fault of faults) {
        const target = context.target(`${name}/file.json`);
        victim = victim?.alive ? victim : await fresh(context);
        if (await scene({ context, target, victim, fault })) deaths += 1;
        const why = `${name}: ${faultText(fault)}`;
        const attempt = await other.tryAcquire(target, { timeoutMs: 0 });
        await gotIt(context, "single-try", attempt, why).release();
        standsClear(context, "no-guard", target);
        if (scene === updateScene) await storeIsWhole(context, other, target, why);
      }
      context.check("kills-came", deaths > 0, () => `${name}: of ${faults.length} kills none came`);
    }
  },
};

interface Shot {
  readonly context: CaseContext;
  readonly target: string;
  readonly victim: Driver;
  readonly fault: Fault;
}

/** Whether it has died of it. */
type Scene = (shot: Shot) => Promise<boolean>;

/** What it holds when it has survived is given back: nothing is in the way. */
async function acquire({ context, target, victim, fault }: Shot): Promise<boolean> {
  victim.doom();
  const { result } = await suffering(context, victim, fault, () => victim.tryAcquire(target, { timeoutMs: 3_000 }));
  if (result.status === "acquired") await result.held.tryRelease();
  return result.status === "ended";
}

async function reclaim(shot: Shot): Promise<boolean> {
  plantDeadLock(shot.context, shot.target);
  return acquire(shot);
}

async function release({ context, target, victim, fault }: Shot): Promise<boolean> {
  const held = await victim.acquire(target);
  victim.doom();
  const fields = { handle: held.handle };
  const { result } = await suffering(context, victim, fault, () => victim.start("release", fields).reply);
  return result === undefined;
}

async function updateScene({ context, target, victim, fault }: Shot): Promise<boolean> {
  writeFileSync(target, ODD_STORE);
  victim.doom();
  const { result } = await suffering(context, victim, fault, () => startUpdate(context, victim, target).reply);
  return result === undefined;
}

const LOCK_SCENES: readonly Scene[] = [acquire, release, reclaim];

async function storeIsWhole(context: CaseContext, other: Driver, target: string, why: string): Promise<void> {
  const bytes = bytesOf(target);
  const isWhole = bytes === ODD_STORE || bytes === ODD_STORE_EDITED;
  context.check("store-whole", isWhole, () => `${why}: ${JSON.stringify(bytes.slice(0, 200))}`);
  const reply = await update(context, other, target, [{ at: ["token"], value: "newer" }], { timeoutMs: 3_000 });
  context.check("next-update", reply.status === "ok", () => `${why}: the next update was refused`);
}
