import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { gotIt, leftNothing, together, wasRefused } from "../support/expect.js";
import { guardOf, isThere, lockOf } from "../support/files.js";
import { isUntouched, snapshot } from "../support/foreign-kinds.js";
import { type Leftover, leave, leaveAt, removable } from "../support/leftovers.js";
import { inInitialNamespace } from "../support/machine.js";
import { fresh } from "../support/team.js";
import { WATCH_MS } from "../support/times.js";

/** Where nobody else's processes can be seen, the caller has to vouch that there are none. */
const ASKED = { removeForeign: true, ...(inInitialNamespace() ? {} : { trustPids: true }) };

export const foreignRemoved: CaseDefinition = {
  id: "foreign-removed",
  title:
    "Asked to, a contender takes what an abandoned foreign lock stands in the way of, and one that forbids reclaiming does not",
  group: "foreign",
  level: "MUST",
  rules: ["FOREIGN-5", "FOREIGN-6"],
  field: [38, 39],
  profile: "reclaim",
  needs: ["basic", "reclaim", "detail", "foreign"],
  environment: ["linux"],
  parallel: true,
  how: "Of each kind that may be removed something has lain there for an hour; the process that it names is dead. With removeForeign an acquire must watch it for the two seconds of VERDICT-12, take the lock and leave no guard. It must be refused after less watching, and when reclaim is false; again and again the same process must succeed.",
  timeoutMs: 60_000,
  async run(context) {
    const contender = await fresh(context);
    await together(removable.map((leftover) => taken(context, contender, leftover)));
    await together(removable.map((leftover) => unwatched(context, contender, leftover)));
  },
};

async function taken(context: CaseContext, contender: Driver, leftover: Leftover): Promise<void> {
  const { kind } = leftover;
  const target = leave(context, leftover, `${kind}/taken`);
  for (const round of ["first", "again"]) {
    if (round === "again") leaveAt(context, leftover, target);
    const started = performance.now();
    const patience = { foreignTimeoutMs: context.limit(10_000), timeoutMs: context.limit(20_000) };
    const attempt = await contender.tryAcquire(target, { ...patience, ...ASKED });
    const held = gotIt(context, `${kind}-taken`, attempt, "it is abandoned, and its removal was asked for");
    const ms = performance.now() - started;
    context.check(`${kind}-watched`, ms >= WATCH_MS - 50, () => `it was watched for ${Math.round(ms)} ms`);
    context.check(`${kind}-verified`, await held.verify(), "the new holder does not hold what it took");
    context.check(`${kind}-no-guard`, !isThere(guardOf(target)), "the guard was left behind");
    await held.release();
    leftNothing(context, `${kind}-clear`, target, "a release");
  }
}

async function unwatched(context: CaseContext, contender: Driver, leftover: Leftover): Promise<void> {
  const { kind } = leftover;
  const target = leave(context, leftover, `unwatched-${kind}`);
  const before = snapshot(lockOf(target));
  const brief = await contender.tryAcquire(target, { foreignTimeoutMs: 300, timeoutMs: 5_000, ...ASKED });
  wasRefused(context, `${kind}-too-soon`, brief, "file_lock_foreign", "0.3 s say nothing of silence");
  const patience = { foreignTimeoutMs: WATCH_MS + 500, timeoutMs: context.limit(20_000), reclaim: false };
  const forbidden = await contender.tryAcquire(target, { ...patience, ...ASKED });
  wasRefused(context, `${kind}-forbidden`, forbidden, "file_lock_foreign", "reclaim is false");
  isUntouched(context, `${kind}-kept`, lockOf(target), before);
}
