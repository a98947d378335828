import type { CaseContext, CaseDefinition, Driver, Held, LockOptions, RefusalError } from "../../engine/case.js";
import { gotIt, timed, together, wasRefused } from "../support/expect.js";
import { isThere, lockOf } from "../support/files.js";
import {
  hasKernelLock,
  isUntouched,
  kindCalled,
  namesKernelLock,
  namesKind,
  plantedByOthers,
  snapshot,
} from "../support/foreign-kinds.js";
import type { Locker } from "../support/locker.js";
import { type LockerFacts, lockers } from "../support/lockers.js";
import { commandOf, inInitialNamespace } from "../support/machine.js";
import { age, WATCH_MS } from "../support/times.js";

const FOREIGN_MS = 300;
/** Until then an empty file may be a lock that is being written. */
const YOUNG_MS = 2_000;
const STALE_MS = 2_500;
const MINUTE_MS = 60_000;

/** Where nobody else's processes can be seen, the caller has to vouch that there are none. */
const CERTAIN: LockOptions = inInitialNamespace() ? {} : { trustPids: true };

export const lockerCases: readonly CaseDefinition[] = lockers.map((facts) => ({
  id: `locker-${facts.id}`,
  title: `The real ${facts.name}: named, waited for and left alone; and what it does to us is noticed`,
  group: "foreign",
  level: "MUST",
  rules: ["FOREIGN-1", "FOREIGN-2", "FOREIGN-4", "FOREIGN-5", "RELEASE-2", "RELEASE-6"],
  field: facts.field,
  profile: "reclaim",
  needs: ["basic", "reclaim", "detail", "lost", "inspect", "foreign"],
  environment: ["linux", facts.environment],
  parallel: true,
  how: `${facts.name} holds: an acquire must be refused with file_lock_foreign after foreignTimeoutMs, with the words of spec/foreign.json and whoever can be known, and leave everything as it is; when it has let go, the waiter must get the lock. It is killed: what it leaves is taken or refused by its kind, and removed only where that was asked for. Then a helper holds, and ${facts.name} asks for the same lock: what it does is noted, and where it does harm, verify, the signal and release must say so and leave what is there alone.`,
  timeoutMs: 90_000,
  run: (context) => meet(context, facts),
}));

const targetOf = (context: CaseContext, { target }: LockerFacts, name: string): string =>
  target?.(context, name) ?? context.target(`${name}/file.json`);

async function meet(context: CaseContext, facts: LockerFacts): Promise<void> {
  const [contender, heir] = await Promise.all([context.spawn(), context.spawn()]);
  const [living, dying] = await Promise.all([facts.start(context), facts.start(context)]);
  const [held, left] = [targetOf(context, facts, "held"), targetOf(context, facts, "left")];
  await takes(context, facts, living, held);
  await takes(context, facts, dying, left);
  const { pid } = dying;
  await dying.kill();
  plantedByOthers(context, left);
  await together([theyHold(context, facts, living, held, contender), theyDied(context, facts, pid, left, heir)]);
  await weHold(context, facts, contender, "young", 0);
  await weHold(context, facts, contender, "old", MINUTE_MS);
  for (const way of facts.ways ?? []) await weHold(context, facts, contender, way, 0, way);
}

async function takes(context: CaseContext, { name }: LockerFacts, locker: Locker, target: string): Promise<void> {
  const refusal = await locker.lock(target);
  context.require("they-lock", refusal === undefined, () => `${name} does not get a lock that is free: ${refusal}`);
  plantedByOthers(context, target);
}

async function theyHold(
  context: CaseContext,
  facts: LockerFacts,
  locker: Locker,
  target: string,
  contender: Driver,
): Promise<void> {
  const before = snapshot(lockOf(target));
  const options = { timeoutMs: context.limit(30_000), foreignTimeoutMs: FOREIGN_MS };
  const { result, ms } = await timed(() => contender.tryAcquire(target, options));
  const error = wasRefused(context, "held", result, "file_lock_foreign", `${facts.name} holds`);
  // What is no file may be refused at once.
  const least = before.startsWith("file") ? FOREIGN_MS - 5 : 0;
  const isBounded = ms >= least && ms < FOREIGN_MS + YOUNG_MS + context.limit(3_000);
  context.check("held-bounded", isBounded, () => `it took ${Math.round(ms)} ms`);
  isUntouched(context, "held", lockOf(target), before);
  named(context, facts, error, "held", locker.pid, lockOf(target));
  const state = await contender.inspect(target);
  const isNamed = state.verdict === "foreign" && state.kind === facts.kind;
  context.check("held-inspected", isNamed, () => `inspect says ${state.verdict}, ${state.kind}`);
  if (facts.kernelLock !== undefined) hasKernelLock(context, "held-inspected", state.kernelLocks, kernelLock(facts));

  const foreignTimeoutMs = context.limit(facts.takenByAge === true ? 8_000 : 20_000);
  const patience = { foreignTimeoutMs, staleMs: STALE_MS, ...CERTAIN };
  const pending = contender.startAcquire(target, { timeoutMs: context.limit(30_000), ...patience });
  if (facts.takenByAge === true) {
    await takenFromTheLiving(context, facts, locker, gotIt(context, "taken", await pending.result, "it is old"));
    return;
  }
  await context.sleep(150);
  if (least > 0) context.check("held-waits", !pending.settled, "it did not wait for the lock to be let go");
  await locker.unlock();
  const first = await pending.result;
  const attempt = least > 0 || first.status === "acquired" ? first : await contender.tryAcquire(target);
  const ours = gotIt(context, "let-go", attempt, `${facts.name} has let go`);
  context.check("let-go-verified", await ours.verify(), "the new holder does not hold what it took");
  await ours.release();
  context.check("let-go-released", !isThere(lockOf(target)), "the lock was left behind");
}

/** Nobody could have known. When it lets go it removes our lock. */
async function takenFromTheLiving(context: CaseContext, facts: LockerFacts, locker: Locker, ours: Held) {
  context.note(`${facts.name} holds an empty file without a lock of the kernel: it is taken when it is old`);
  context.referee.forfeit(ours);
  await locker.unlock();
  await noticed(context, facts, ours, "let-go");
}

async function theyDied(
  context: CaseContext,
  facts: LockerFacts,
  pid: number,
  target: string,
  heir: Driver,
): Promise<void> {
  const lock = lockOf(target);
  const before = snapshot(lock);
  if (facts.onDeath === "empty") age(lock, 10_000);
  const brief = { timeoutMs: context.limit(30_000), foreignTimeoutMs: FOREIGN_MS };
  const error = wasRefused(
    context,
    "died",
    await heir.tryAcquire(target, brief),
    "file_lock_foreign",
    "it has left something",
  );
  isUntouched(context, "died", lock, before);
  if (facts.onDeath === "empty") {
    namesKind(context, "died", error, "empty", lock);
    const attempt = await heir.tryAcquire(target, { timeoutMs: context.limit(10_000), staleMs: STALE_MS, ...CERTAIN });
    await gotIt(context, "died-taken", attempt, "nobody has the empty file open").release();
    return;
  }
  namesKind(context, "died", error, facts.kind, lock);
  if (facts.recordsPid === true) {
    const { holder } = error;
    context.check("died-pid", holder?.pid === pid, () => `its pid is ${holder?.pid}, not ${pid}`);
    context.check(
      "died-command",
      (holder?.command ?? null) === null,
      () => `the dead one is called ${holder?.command}`,
    );
  }
  await removedWhenAsked(context, facts, error, target, heir);
}

async function removedWhenAsked(
  context: CaseContext,
  facts: LockerFacts,
  refusal: RefusalError,
  target: string,
  heir: Driver,
): Promise<void> {
  const lock = lockOf(target);
  age(lock, MINUTE_MS);
  const before = snapshot(lock);
  const isRemovable = kindCalled(facts.kind).removable;
  const foreignTimeoutMs = WATCH_MS + (isRemovable ? context.limit(4_000) : 500);
  const asked = { removeForeign: true, foreignTimeoutMs, timeoutMs: context.limit(30_000), ...CERTAIN };
  const attempt = await heir.tryAcquire(target, asked);
  if (isRemovable) {
    await gotIt(context, "died-removed", attempt, "it is abandoned, and removal was asked for").release();
    return;
  }
  const error = wasRefused(context, "died-kept", attempt, "file_lock_foreign", `${facts.kind} is never removed`);
  isUntouched(context, "died-kept", lock, before);
  const isTold = error.hint !== undefined && error.hint !== refusal.hint;
  context.check("died-kept-hint", isTold, () => `the hint does not say why: ${error.hint}`);
}

async function weHold(
  context: CaseContext,
  facts: LockerFacts,
  driver: Driver,
  name: string,
  ageMs: number,
  way?: string,
): Promise<void> {
  const target = targetOf(context, facts, `ours-${name}`);
  const locker = await facts.start(context);
  const ours = await driver.acquire(target);
  const before = snapshot(lockOf(target));
  context.referee.forfeit(ours);
  if (ageMs > 0) age(lockOf(target), ageMs);
  const refusal = await locker.lock(target, way);
  const said =
    refusal === undefined ? "locks it too" : `is refused (${refusal.replaceAll(context.dir, "").slice(0, 100)})`;
  const after = fate(lockOf(target), before);
  plantedByOthers(context, target);
  if (after !== undefined) await noticed(context, facts, ours, name);
  if (refusal === undefined) await locker.unlock();
  const end = fate(lockOf(target), before);
  context.note(
    `${facts.name}, ${way === undefined ? `our lock is ${name}` : `asked to go by ${way}`}: it ${said}; ours is ${after ?? "left alone"}, at its end ${end ?? "still ours"}`,
  );
  if (after !== undefined) return;
  if (end !== undefined) await noticed(context, facts, ours, name);
  else {
    context.check(`${name}-verified`, await ours.verify(), "verify denies a lock that nobody has touched");
    await ours.release();
    context.check(`${name}-released`, !isThere(lockOf(target)), "the lock was left behind");
  }
}

/** What has become of our lock; undefined when it is as it was. */
function fate(lock: string, before: string): string | undefined {
  const now = snapshot(lock);
  if (now === before) return undefined;
  if (now === "nothing") return "removed";
  return now.endsWith(' ""') ? "truncated" : "replaced";
}

async function noticed(context: CaseContext, { name }: LockerFacts, ours: Held, check: string): Promise<void> {
  const left = snapshot(ours.lockPath);
  plantedByOthers(context, ours.target);
  context.check(`${check}-verify`, !(await ours.verify()), `verify confirms a lock that ${name} has taken away`);
  const { lost, signals } = await ours.awaitLost(context.limit(5_000));
  const isTold = lost && signals === 1;
  context.check(`${check}-signal`, isTold, () => `lost is ${lost}, and the signal fired ${signals} times`);
  const reply = await ours.tryRelease();
  const code = reply.status === "refused" ? reply.code : reply.status;
  context.check(`${check}-release`, code === "file_lock_lost", () => `release of a lost lock said ${code}`);
  isUntouched(context, `${check}-theirs`, ours.lockPath, left);
}

const kernelLock = ({ kernelLock: type }: LockerFacts) => ({ on: "lock", type: type!, access: "WRITE" }) as const;

/** Everything that can be known of a holder is said. */
function named(
  context: CaseContext,
  facts: LockerFacts,
  error: RefusalError,
  check: string,
  pid: number,
  lock: string,
): void {
  namesKind(context, check, error, facts.kind, lock);
  const command = commandOf(pid);
  if (facts.kernelLock !== undefined) {
    namesKernelLock(context, check, error, { ...kernelLock(facts), pid, command });
  }
  if (facts.recordsPid !== true) return;
  const { holder } = error;
  context.check(`${check}-pid`, holder?.pid === pid, () => `its pid is ${holder?.pid}, not ${pid}`);
  if (!inInitialNamespace()) return;
  context.check(
    `${check}-command`,
    holder?.command === command,
    () => `it is called ${holder?.command}, not ${command}`,
  );
}
