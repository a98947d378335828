import { closeSync, openSync } from "node:fs";
import type { CaseContext, CaseDefinition, Driver, LockOptions } from "../../engine/case.js";
import { CONTAINER } from "../support/containers.js";
import { gotIt, together, wasRefused } from "../support/expect.js";
import { isThere, lockOf } from "../support/files.js";
import { isUntouched, snapshot } from "../support/foreign-kinds.js";
import { innerProcess } from "../support/inner-process.js";
import { kernelHolder } from "../support/kernel-holder.js";
import { leave, removable, signed } from "../support/leftovers.js";
import { inInitialNamespace } from "../support/machine.js";
import { sleeper } from "../support/processes.js";
import { fresh } from "../support/team.js";
import { age, touch, WATCH_MS } from "../support/times.js";

const [directory] = removable;
const pidFile = signed[0]!;
const torn = removable.at(-1)!;

/** Enough for silence to count three times over. */
const PATIENCE = { staleMs: 1_000, foreignTimeoutMs: 3 * WATCH_MS };
const CERTAIN: LockOptions = inInitialNamespace() ? {} : { trustPids: true };

export const foreignInUse: CaseDefinition = {
  id: "foreign-in-use",
  title: "A foreign lock that somebody uses, or that is young, is kept even where removal was asked for",
  group: "foreign",
  level: "MUST",
  rules: ["FOREIGN-5", "FOREIGN-6"],
  field: [38, 39, 60],
  profile: "reclaim",
  needs: ["basic", "reclaim", "detail", "foreign"],
  environment: ["linux", "python3"],
  parallel: true,
  how: "With removeForeign and a small staleMs contenders wait three watches long for what another program uses: files that name a living process, a directory that is touched again and again, files that a process has open or has locked with flock or fcntl. Each must be refused with file_lock_foreign, the hint must say why, and nothing be touched. What nobody uses any more is then taken.",
  timeoutMs: 90_000,
  async run(context) {
    const contender = await fresh(context);
    const owner = await sleeper(context);
    await together([
      ...signed.map((leftover) =>
        kept(context, contender, leave(context, leftover, `lives-${leftover.kind}`, owner.pid), leftover.kind),
      ),
      touched(context, contender),
      opened(context, contender),
      kernelLocked(context, contender, "flock"),
      kernelLocked(context, contender, "fcntl"),
    ]);
    await owner.end();
    await together(signed.map(({ kind }) => takenThen(context, contender, context.target(`lives-${kind}.json`), kind)));
  },
};

async function kept(context: CaseContext, contender: Driver, target: string, name: string): Promise<void> {
  const before = snapshot(lockOf(target));
  const options = { ...PATIENCE, ...CERTAIN, timeoutMs: context.limit(30_000) };
  const attempt = await contender.tryAcquire(target, { ...options, removeForeign: true });
  const error = wasRefused(context, name, attempt, "file_lock_foreign", "somebody uses it");
  isUntouched(context, name, lockOf(target), before);
  const plain = await contender.tryAcquire(target, { ...options, foreignTimeoutMs: 100 });
  const { hint } = wasRefused(context, `${name}-unasked`, plain, "file_lock_foreign", "somebody uses it");
  const isTold = error.hint !== undefined && error.hint !== hint;
  context.check(`${name}-hint`, isTold, () => `the hint does not say why it was not removed: ${error.hint}`);
}

async function takenThen(context: CaseContext, contender: Driver, target: string, name: string): Promise<void> {
  const patience = { foreignTimeoutMs: context.limit(10_000), timeoutMs: context.limit(20_000) };
  const attempt = await contender.tryAcquire(target, { ...patience, ...CERTAIN, removeForeign: true });
  await gotIt(context, `${name}-then-taken`, attempt, "nobody uses it any more").release();
}

/** As proper-lockfile does while it holds. */
async function touched(context: CaseContext, contender: Driver): Promise<void> {
  const target = leave(context, directory!, "touched");
  const beat = setInterval(() => isThere(lockOf(target)) && touch(lockOf(target)), 400);
  context.cleanup(() => clearInterval(beat));
  touch(lockOf(target));
  await kept(context, contender, target, "touched");
  clearInterval(beat);
  age(lockOf(target));
  await takenThen(context, contender, target, "touched");
}

async function opened(context: CaseContext, contender: Driver): Promise<void> {
  const target = leave(context, torn, "open");
  const descriptor = openSync(lockOf(target), "r");
  const writer = await sleeper(context, { open: descriptor });
  closeSync(descriptor);
  await kept(context, contender, target, "open");
  await writer.end();
  await takenThen(context, contender, target, "open");
}

async function kernelLocked(context: CaseContext, contender: Driver, type: "flock" | "fcntl"): Promise<void> {
  const target = leave(context, pidFile, type);
  const locker = await kernelHolder(context, lockOf(target), type);
  await kept(context, contender, target, type);
  await locker.end();
  await takenThen(context, contender, target, type);
}

export const foreignUnseen: CaseDefinition = {
  id: "foreign-unseen",
  title:
    "Where not everybody can be seen nothing is abandoned, unless the caller vouches for it; the host sees into containers",
  group: "foreign",
  level: "MUST",
  rules: ["FOREIGN-2", "FOREIGN-6", "VERDICT-13"],
  field: [38, 50],
  profile: "container",
  needs: ["basic", "reclaim", "detail", "foreign"],
  environment: ["linux", "root", "unshare"],
  parallel: true,
  how: "In a container, with removeForeign, files that name a process which does not run there, and half a lock, must be kept, with the owner's number but no command of somebody else who has it; with trustPids they are taken. An empty directory is taken, since its silence is what proper-lockfile itself goes by. On the host a file that names a process by its number in a container must be kept, and taken when that number is nobody's.",
  timeoutMs: 90_000,
  async run(context) {
    await together([inContainer(context), ofContainer(context)]);
  },
};

async function inContainer(context: CaseContext): Promise<void> {
  const contender = await fresh(context, CONTAINER);
  const options = { ...PATIENCE, timeoutMs: context.limit(30_000), removeForeign: true };
  const files = [...signed, torn];
  await together([
    ...files.map(async (leftover) => {
      const target = leave(context, leftover, `unseen-${leftover.kind}`);
      const before = snapshot(lockOf(target));
      const check = `unseen-${leftover.kind}`;
      wasRefused(context, check, await contender.tryAcquire(target, options), "file_lock_foreign", "who knows");
      isUntouched(context, check, lockOf(target), before);
      const attempt = await contender.tryAcquire(target, { ...options, trustPids: true });
      await gotIt(context, `${check}-vouched`, attempt, "the caller vouches for all processes").release();
    }),
    (async () => {
      const target = leave(context, directory!, "unseen-directory");
      const attempt = await contender.tryAcquire(target, options);
      await gotIt(context, "unseen-directory-taken", attempt, "it is silent").release();
    })(),
    namesakes(context, contender),
  ]);
}

/** Its own number is somebody else's outside: who says the file means this process? */
async function namesakes(context: CaseContext, contender: Driver): Promise<void> {
  const target = leave(context, pidFile, "namesake", contender.pid);
  const { holder } = wasRefused(
    context,
    "namesake",
    await contender.tryAcquire(target, { ...PATIENCE, foreignTimeoutMs: 100, timeoutMs: context.limit(30_000) }),
    "file_lock_foreign",
    "it is nobody's lock",
  );
  context.check("namesake-pid", holder?.pid === contender.pid, () => `its pid is ${holder?.pid}`);
  const { command } = holder ?? {};
  context.check("namesake-command", (command ?? null) === null, () => `it is said to be ${command}`);
}

async function ofContainer(context: CaseContext): Promise<void> {
  if (!inInitialNamespace()) return;
  const contender = await fresh(context);
  const inner = await innerProcess(context);
  const target = leave(context, pidFile, "inner", inner);
  const before = snapshot(lockOf(target));
  const options = { ...PATIENCE, timeoutMs: context.limit(30_000), removeForeign: true };
  wasRefused(context, "inner", await contender.tryAcquire(target, options), "file_lock_foreign", "a container has it");
  isUntouched(context, "inner", lockOf(target), before);
}
