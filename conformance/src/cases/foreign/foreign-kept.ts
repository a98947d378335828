import type { CaseContext, CaseDefinition, Driver, LockOptions } from "../../engine/case.js";
import { gotIt, together, wasRefused } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { isUntouched, namesKind, snapshot } from "../support/foreign-kinds.js";
import { type Leftover, leave, permanent, removable } from "../support/leftovers.js";
import { fresh } from "../support/team.js";
import { WATCH_MS } from "../support/times.js";

export const foreignKept: CaseDefinition = {
  id: "foreign-kept",
  title: "What somebody else has left is never removed unasked, however old, and some of it not even when asked",
  group: "foreign",
  level: "MUST",
  rules: ["FOREIGN-1", "FOREIGN-5", "FOREIGN-6"],
  field: [38, 39, 53],
  profile: "reclaim",
  needs: ["basic", "reclaim", "detail", "foreign"],
  environment: ["linux"],
  parallel: true,
  how: "Beside targets lies what dead programs of other lockers have left an hour ago. Without removeForeign, and with it false, an acquire with a small staleMs that waits until silence would count must be refused with file_lock_foreign and leave it untouched. With removeForeign the same goes for what is no lock at all, and the hint says why. Whoever takes the lock of another target in that directory, with removeForeign, sweeps none of it away.",
  timeoutMs: 60_000,
  async run(context) {
    const contender = await fresh(context);
    const unasked = (leftover: Leftover, name: string, options: LockOptions): Promise<unknown> =>
      kept(context, contender, leftover, name, options);
    const other = context.target("other.json");
    await together([
      ...removable.map((leftover) => unasked(leftover, `default-${leftover.kind}`, {})),
      ...removable.map((leftover) => unasked(leftover, `off-${leftover.kind}`, { removeForeign: false })),
      ...permanent.map((leftover) => unasked(leftover, `default-${leftover.kind}`, {})),
      ...permanent.map((leftover) => whyNot(context, contender, leftover)),
    ]);
    const sweeper = await fresh(context);
    const lying = [...removable, ...permanent].map(({ kind }) => lockOf(context.target(`default-${kind}.json`)));
    const before = lying.map(snapshot);
    const attempt = await sweeper.tryAcquire(other, { removeForeign: true, staleMs: 100 });
    await gotIt(context, "other-acquired", attempt, "nothing is in its way").release();
    for (const [index, lock] of lying.entries()) isUntouched(context, "swept", lock, before[index]!);
  },
};

async function kept(
  context: CaseContext,
  contender: Driver,
  leftover: Leftover,
  name: string,
  options: LockOptions,
): Promise<string | undefined> {
  const target = leave(context, leftover, name);
  const before = snapshot(lockOf(target));
  const patience = { staleMs: 100, foreignTimeoutMs: WATCH_MS + 500, timeoutMs: context.limit(20_000) };
  const attempt = await contender.tryAcquire(target, { ...patience, ...options });
  const error = wasRefused(context, name, attempt, "file_lock_foreign", "nobody has asked to remove it");
  namesKind(context, name, error, leftover.kind, lockOf(target));
  isUntouched(context, name, lockOf(target), before);
  return error.hint;
}

async function whyNot(context: CaseContext, contender: Driver, leftover: Leftover): Promise<void> {
  const { kind } = leftover;
  const plain = kept(context, contender, leftover, `plain-${kind}`, {});
  const asked = await kept(context, contender, leftover, `asked-${kind}`, { removeForeign: true });
  // The two names are equally long words in the same sentence: only what is said of the refusal may differ.
  const unasked = (await plain)?.replaceAll(`plain-${kind}`, `asked-${kind}`);
  const isTold = asked !== undefined && asked !== unasked;
  context.check(`asked-${kind}-hint`, isTold, () => `the hint does not say why it was not removed: ${asked}`);
}
