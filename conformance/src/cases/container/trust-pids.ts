import type { CaseContext, CaseDefinition, Driver, LockOptions } from "../../engine/case.js";
import { CONTAINER, firstIn } from "../support/containers.js";
import { gotIt, leftNothing, together, wasRefused } from "../support/expect.js";
import { guardOf, lockOf } from "../support/files.js";
import { plantNeighbour, plantOpenclaw } from "../support/neighbours.js";
import { helperLock } from "../support/payloads.js";
import { fresh } from "../support/team.js";
import { BEYOND_WATCH, HOUR_AGO } from "../support/times.js";
import { keptFromTaking } from "../support/verdicts.js";

const VARIABLE = "OPENCLAW_LOCKS_TRUST_PIDS";

const PLANTS: Readonly<Record<string, (context: CaseContext, target: string) => unknown>> = {
  openclaw: (context, target) => plantOpenclaw(context, target, new Date()),
  neighbour: plantNeighbour,
  empty: (context, target) => context.plant(lockOf(target), "", { mtime: HOUR_AGO() }),
  guard: (context, target) => {
    plantNeighbour(context, target);
    const owner = { pid: 8, starttime: 4 };
    context.plant(guardOf(target), helperLock(lockOf(target), owner, { pidNamespace: "pid:[4026530002]" }));
  },
};

export const trustPids: CaseDefinition = {
  id: "trust-pids",
  title: "The caller's word that nobody else uses the directory is believed when it is given, and only then",
  group: "container",
  level: "MUST",
  rules: ["VERDICT-13", "VERDICT-9", "RECLAIM-6", "ERROR-4", "ERROR-5"],
  field: [35, 48, 51],
  profile: "container",
  needs: ["basic", "reclaim", "guard", "detail", "witness"],
  environment: ["linux", "root", "unshare"],
  parallel: true,
  how: "In a container lie locks of which nothing can be proven there: OpenClaw's of another pid 1, a helper's without a witness, an old empty one, a guard. With the option trustPids, or with OPENCLAW_LOCKS_TRUST_PIDS=1, a single try gets each; with the option false, the variable 0 or empty, or neither, none, and the refusal names the variable. Any other value is refused before anything is touched. A living neighbour's witness counts for more than the word.",
  timeoutMs: 60_000,
  async run(context) {
    const inside = (value?: string): Promise<Driver> =>
      fresh(context, { ...CONTAINER, ...(value === undefined ? {} : { env: { [VARIABLE]: value } }) });
    const [plain, trusting, zero, empty, wrong] = await Promise.all([undefined, "1", "0", "", "yes"].map(inside));
    await taken(context, plain!, "option", { trustPids: true });
    await taken(context, trusting!, "variable", {});
    await kept(context, plain!, "neither", {});
    await kept(context, zero!, "zero", {});
    await kept(context, empty!, "empty-variable", {});
    await kept(context, trusting!, "option-wins", { trustPids: false });
    await refused(context, wrong!);
    await livingWins(context, trusting!);
  },
};

async function taken(context: CaseContext, contender: Driver, name: string, options: LockOptions): Promise<void> {
  for (const [what, plant] of Object.entries(PLANTS)) {
    const target = context.target(`${name}-${what}.json`);
    plant(context, target);
    const attempt = await contender.tryAcquire(target, { timeoutMs: 0, ...options });
    await gotIt(context, `${name}-${what}-taken`, attempt, "the caller trusts its pids").release();
    leftNothing(context, `${name}-${what}-clear`, target, "a release");
  }
}

/** The empty one is nobody's lock at all: waited for by another limit, and named otherwise. */
async function kept(context: CaseContext, contender: Driver, name: string, options: LockOptions): Promise<void> {
  const waiting = Object.keys(PLANTS).map(async (what) => {
    const target = context.target(`${name}-${what}.json`);
    PLANTS[what]!(context, target);
    const limits = { timeoutMs: 300, foreignTimeoutMs: 100 };
    const attempt = await contender.tryAcquire(target, { ...limits, ...options });
    const code = what === "empty" ? "file_lock_foreign" : "file_lock_timeout";
    const error = wasRefused(context, `${name}-${what}-kept`, attempt, code, "nothing of it is proven");
    if (what !== "openclaw" && what !== "neighbour") return;
    const said = `${error.message} ${error.hint ?? ""}`;
    context.check(`${name}-${what}-hint`, said.includes(`${VARIABLE}=1`), () => `it says: ${said}`);
  });
  await together(waiting);
}

async function refused(context: CaseContext, contender: Driver): Promise<void> {
  const target = context.target("wrong.json");
  const attempt = await contender.tryAcquire(target, { timeoutMs: 0 });
  wasRefused(context, "wrong-value", attempt, "file_lock_invalid_option", `${VARIABLE} is "yes"`);
  leftNothing(context, "wrong-value-untouched", target, "a refused option");
}

async function livingWins(context: CaseContext, contender: Driver): Promise<void> {
  const target = context.target("living/file.json");
  const held = await (await firstIn(context, context.implementation)).acquire(target);
  await keptFromTaking(context, contender, target, "living-kept", "its witness answers", BEYOND_WATCH);
  await held.release();
}
