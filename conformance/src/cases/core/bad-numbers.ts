import type { CaseContext, CaseDefinition, Driver, LockOptions } from "../../engine/case.js";
import { gotIt, leftNothing, timed, wasRefused } from "../support/expect.js";

const YEAR_MS = 31_536_000_000;
const WRONG = [Number.NaN, -1, -0.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, YEAR_MS + 1, 1e308];
const TIMES = ["timeoutMs", "staleMs", "foreignTimeoutMs"] as const;

export const badNumbers: CaseDefinition = {
  id: "bad-numbers",
  title: "A wrong time is refused before anything is touched; a long one is honoured",
  group: "core",
  level: "MUST",
  rules: ["WAIT-2", "ERROR-1", "ERROR-4"],
  field: [7],
  profile: "basic",
  needs: ["basic"],
  parallel: true,
  how: "Times that are NaN, negative, infinite or beyond 365 days must be refused with file_lock_invalid_option at once, with nothing made. A wait of more than 2^31 ms must neither end early nor spin.",
  timeoutMs: 60_000,
  async run(context) {
    const driver = await context.spawn();
    for (const field of TIMES) {
      for (const value of WRONG) await refused(context, driver, { [field]: value });
    }
    await longWait(context, driver);
  },
};

async function refused(context: CaseContext, driver: Driver, options: LockOptions): Promise<void> {
  const target = context.target("wrong.json");
  const what = Object.entries(options).join(" ");
  const { result, ms } = await timed(() => driver.tryAcquire(target, options, { timeoutMs: 10_000 }));
  wasRefused(context, "refused", result, "file_lock_invalid_option", `${what} is no time`);
  context.check("at-once", ms < context.limit(3_000), () => `${what} took ${Math.round(ms)} ms`);
  leftNothing(context, "nothing-made", target, what);
}

async function longWait(context: CaseContext, driver: Driver): Promise<void> {
  const target = context.target("long.json");
  const held = await (await context.spawn()).acquire(target);
  for (const timeoutMs of [2 ** 31 + 5, YEAR_MS]) {
    const pending = driver.startAcquire(target, { timeoutMs }, { timeoutMs: 20_000 });
    await context.sleep(150);
    context.require("long-wait-honoured", !pending.settled, () => `a wait of ${timeoutMs} ms has ended early`);
    if (timeoutMs !== YEAR_MS && driver.has("cancel")) {
      await pending.cancel();
      continue;
    }
    await held.release();
    await gotIt(context, "long-wait-served", await pending.result, "the lock was released").release();
    return;
  }
}
