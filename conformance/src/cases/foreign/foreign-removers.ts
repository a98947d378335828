import { lstatSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CaseContext, CaseDefinition, LockOptions } from "../../engine/case.js";
import { gotIt, keeps, standsClear, together, wasRefused } from "../support/expect.js";
import { guardOf, isThere, lockOf } from "../support/files.js";
import { type Leftover, leave, removable, signed } from "../support/leftovers.js";
import { inInitialNamespace } from "../support/machine.js";
import { keepAwake, stoppedAt } from "../support/points.js";
import { sleeper } from "../support/processes.js";
import { crew, fresh, helpers } from "../support/team.js";
import { touch } from "../support/times.js";

const directory = removable[0]!;
const pidFile = signed[0]!;
const KINDS: readonly Leftover[] = [directory, pidFile];

const asked = (context: CaseContext): LockOptions => ({
  removeForeign: true,
  foreignTimeoutMs: context.limit(15_000),
  timeoutMs: context.limit(20_000),
  ...(inInitialNamespace() ? {} : { trustPids: true }),
});

export const foreignRemovalRace: CaseDefinition = {
  id: "foreign-removal-race",
  title: "Of many who remove one abandoned foreign lock one gets the lock at a time, and nobody removes a fresh lock",
  group: "foreign",
  level: "MUST",
  rules: ["FOREIGN-5", "RECLAIM-2"],
  field: [24, 27, 38, 39],
  profile: "reclaim",
  needs: ["basic", "reclaim", "guard", "foreign"],
  environment: ["linux"],
  columns: ["own", "mix"],
  how: "Beside several targets lies what an abandoned locker has left, a directory or a file with a dead pid. For each eight processes contend, all asked to remove it; some are stopped for a while in the middle of it. Never may two hold one lock; every contender must get it in the end.",
  timeoutMs: 180_000,
  async run(context) {
    const able = helpers(context).filter(({ capabilities }) => capabilities.has("foreign"));
    const rounds = context.pick(2, 4);
    for (let round = 0; round < rounds; round += 1) {
      await together(
        Array.from({ length: 4 }, (_, index) => {
          const leftover = KINDS[index % KINDS.length]!;
          return race(context, leave(context, leftover, `round-${round}-${index}`), crewOf(context, able));
        }),
      );
    }
  },
};

const crewOf = (context: CaseContext, able: ReturnType<typeof helpers>) => crew(context, able, 8);

// Most often where it has judged, and has no guard yet: when it goes on, somebody else may hold.
const STOPS = [
  ...["reclaim:judged", "reclaim:judged", "reclaim:judged", "reclaim:guarded", "reclaim:rejudged"],
  ...["reclaim:unlinked", "acquire:candidate"],
];

async function race(context: CaseContext, target: string, crewing: ReturnType<typeof crewOf>): Promise<void> {
  const contenders = await crewing;
  const stopping = contenders.filter((driver) => driver.has("points")).slice(0, 4);
  for (const driver of stopping) await driver.arm(context.random.pick(STOPS), "stop");
  const waker = keepAwake(context, stopping);
  await together(
    contenders.map(async (driver) => {
      const held = gotIt(context, "served", await driver.tryAcquire(target, asked(context)), "the others let go");
      await context.sleep(context.random.integer(0, 60));
      await held.release();
    }),
  );
  await waker.end();
  standsClear(context, "clear", target);
}

const KILLED_AT = ["reclaim:judged", "reclaim:guarded", "reclaim:rejudged", "reclaim:unlinked", "reclaim:published"];

export const foreignRemoverKilled: CaseDefinition = {
  id: "foreign-remover-killed",
  title: "A remover of a foreign lock that is killed in the middle of it stands in nobody's way",
  group: "foreign",
  level: "MUST",
  rules: ["FOREIGN-5", "RECLAIM-2", "RECLAIM-6"],
  field: [24, 25, 26],
  profile: "reclaim",
  needs: ["basic", "reclaim", "guard", "points", "foreign"],
  environment: ["linux"],
  parallel: true,
  how: "A process that removes a directory, or a file with a dead pid, is killed at each step of the reclaim. Another, asked the same, must get the lock, and no guard may stay.",
  timeoutMs: 90_000,
  async run(context) {
    const next = await fresh(context);
    await together(
      KILLED_AT.flatMap((point) =>
        KINDS.map(async (leftover) => {
          const name = `${point.replace(":", "-")}-${leftover.kind}`;
          const target = leave(context, leftover, name);
          const remover = await fresh(context);
          await remover.arm(point, "kill");
          void remover.startAcquire(target, asked(context));
          await remover.nextEvent(point, { timeoutMs: 20_000 });
          const attempt = await next.tryAcquire(target, asked(context));
          await gotIt(context, `${name}-next`, attempt, "whoever was before was killed").release();
          standsClear(context, `${name}-clear`, target);
        }),
      ),
    );
  },
};

export const foreignChanged: CaseDefinition = {
  id: "foreign-changed",
  title: "What changes while a remover is about to remove it stays, and a directory with something in it always does",
  group: "foreign",
  level: "MUST",
  rules: ["FOREIGN-5", "RECLAIM-2"],
  field: [24, 39],
  profile: "reclaim",
  needs: ["basic", "reclaim", "guard", "points", "foreign", "detail"],
  environment: ["linux"],
  parallel: true,
  refusalsOnly: true,
  how: "A remover is stopped when it has the guard. Meanwhile the directory is touched or somebody puts a file into it, or the file with a dead pid is written anew by a living process. The remover goes on: it must leave what is there, be refused, and drop its guard. Stopped directly before the removal it must not remove a directory into which a file was put.",
  timeoutMs: 90_000,
  async run(context) {
    const owner = await sleeper(context);
    const fill = (lock: string): void => context.plant(join(lock, "precious"), "kept\n");
    await together([
      changes(context, "reclaim:guarded", directory, "touched", (lock) => touch(lock)),
      changes(context, "reclaim:guarded", directory, "filled", fill),
      changes(context, "reclaim:rejudged", directory, "filled-late", fill),
      changes(context, "reclaim:guarded", pidFile, "rewritten", (lock) => context.plant(lock, `${owner.pid}\n`)),
      changes(context, "reclaim:guarded", pidFile, "replaced", (lock) => {
        rmSync(lock);
        mkdirSync(lock);
        context.planted(lock);
      }),
    ]);
  },
};

async function changes(
  context: CaseContext,
  point: string,
  leftover: Leftover,
  name: string,
  change: (lock: string) => void,
): Promise<void> {
  const target = leave(context, leftover, name);
  const lock = lockOf(target);
  const options = { ...asked(context), foreignTimeoutMs: 4_000 };
  const { driver, pending } = await stoppedAt(context, point, target, options);
  context.check(`${name}-guarded`, isThere(guardOf(target)), "nothing was guarded while it was about to be removed");
  change(lock);
  const { ino, mode } = lstatSync(lock);
  driver.cont();
  const attempt = await pending.result;
  const after = lstatSync(lock, { throwIfNoEntry: false });
  // The number alone proves nothing: what is made next often gets it again.
  context.check(`${name}-stays`, after?.ino === ino && after.mode === mode, "it was removed");
  wasRefused(context, name, attempt, "file_lock_foreign", "somebody has just changed it");
  if (name.startsWith("filled"))
    keeps(context, `${name}-content`, join(lock, "precious"), "kept\n", "it is somebody's");
  context.check(`${name}-unguarded`, !isThere(guardOf(target)), "the guard was left behind");
}
