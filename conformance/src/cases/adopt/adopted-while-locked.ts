import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { adopted, answered, replaceStore, startAdopt, storeWith, waits } from "../support/adopting.js";
import { crew, helpers, peers } from "../support/team.js";

/** What the median waiter may need from the rename to its answer. */
const MEDIAN_MS = 100;
const ROUNDS = 3;

export const adoptedWhileLocked: CaseDefinition = {
  id: "adopted-while-locked",
  title: "What appears in the store reaches every waiter, although the lock is never released",
  group: "adopt",
  level: "MUST",
  rules: ["ADOPT-1", "ADOPT-2", "ADOPT-3"],
  field: [66, 68, 75],
  profile: "refresh",
  needs: ["basic", "adopt"],
  columns: ["own", "mix"],
  peers: true,
  how: "Somebody holds the lock and never lets go, eight processes wait for it, and a fresh value is renamed into the store. Each waiter must return the value, and in one of three rounds the median must do so within 100 ms of the rename. The medians, and how long OpenClaw's own code waits on, are shown with the result.",
  timeoutMs: 180_000,
  async run(context) {
    const target = context.target();
    const store = context.target("stores/tokens.json");
    const held = await (await context.spawn()).acquire(target);
    const openclaw = await waitsOn(context, target);
    const waiters = await crew(context, helpers(context), 8);
    const medians: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      medians.push(median(await oneRound(context, waiters, { target, store }, `value-${round}`)));
    }
    context.note(`median from rename to answer: ${medians.map((ms) => `${Math.round(ms)} ms`).join(", ")}`);
    const best = Math.min(...medians);
    context.check("median", best < context.limit(MEDIAN_MS), () => `the medians are ${medians.map(Math.round)} ms`);
    context.check("still-held", await held.verify(), "the lock was taken from its holder");
    await openclaw.ended;
    await held.release();
  },
};

/** How long each waiter needed, in ms from the rename. */
async function oneRound(
  context: CaseContext,
  waiters: readonly Driver[],
  wish: { readonly target: string; readonly store: string },
  value: string,
): Promise<number[]> {
  replaceStore(wish.store, storeWith("old"));
  const all = waiters.map((waiter) => startAdopt(context, waiter, { ...wish, unless: "old" }));
  for (const pending of all) await waits(context, pending, 40);
  const renamed = replaceStore(wish.store, storeWith(value));
  const latencies = all.map(async (pending) => {
    const reply = await answered(context, pending);
    const ms = performance.now() - renamed;
    adopted(context, "every-waiter", reply, value, "it was in the store");
    context.check("in-good-time", ms < context.limit(5_000), () => `one needed ${Math.round(ms)} ms`);
    return ms;
  });
  return Promise.all(latencies);
}

/** OpenClaw's own code waits for the lock alone: what it does meanwhile is written down, and is nobody's failure. */
async function waitsOn(context: CaseContext, target: string): Promise<{ readonly ended: Promise<void> }> {
  const [peer] = peers(context, "G2", "G3");
  if (peer === undefined) return { ended: Promise.resolve() };
  const driver = await context.spawn(peer);
  const started = performance.now();
  const timeoutMs = context.limit(3_000);
  const ended = driver.tryAcquire(target, { timeoutMs }).then(async (attempt) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    context.note(`${peer.name} ${attempt.status === "acquired" ? "acquired" : "gave up"} after ${seconds} s`);
    if (attempt.status === "acquired") await attempt.held.release();
  });
  return { ended };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}
