import type { CaseContext, CaseDefinition, ImplementationRef } from "../../engine/case.js";
import { firstIn } from "../support/containers.js";
import { together } from "../support/expect.js";
import { helpers, peer } from "../support/team.js";
import { keptFromTaking } from "../support/verdicts.js";

const PEER = "fs-safe-0.18.1";

export const twoLivePid1WithOpenclaw: CaseDefinition = {
  id: "two-live-pid1-with-openclaw",
  title: "OpenClaw in one container leaves alone what a helper holds in another, and the other way round",
  group: "container",
  level: "SHOULD",
  rules: ["OPENCLAW-2", "VERDICT-12"],
  field: [49],
  profile: "container",
  needs: ["basic", "reclaim"],
  environment: ["linux", "root", "unshare"],
  columns: ["mix"],
  peers: true,
  how: "OpenClaw 2026.9.6's code and each helper are pid 1 in containers of their own. A helper must wait for OpenClaw's lock, of which nothing can be proven, as long as it has not been silent for staleMs. OpenClaw must leave a helper's lock alone. It does not (spec/limits.md): an expected failure, in which the helper's verify must tell the truth.",
  noMutant:
    "It fails as it is: the broken implementation in it is OpenClaw's own, and expected-failures.yaml holds it to that.",
  timeoutMs: 60_000,
  async run(context) {
    await together(helpers(context).map((helper) => apart(context, helper)));
  },
};

async function apart(context: CaseContext, implementation: ImplementationRef): Promise<void> {
  const [helper, openclaw] = await Promise.all([
    firstIn(context, implementation),
    firstIn(context, peer(context, PEER)),
  ]);
  const theirs = await openclaw.acquire(context.target(`${implementation.name}-waits.json`));
  const options = { staleMs: 30_000, timeoutMs: 3_000 };
  await keptFromTaking(context, helper, theirs.target, "openclaw-kept", "OpenClaw holds in another container", options);
  await theirs.release();

  const ours = await helper.acquire(context.target(`${implementation.name}-holds.json`));
  // What comes is judged below, by a check of its own that is expected to fail.
  context.referee.forfeit(ours);
  const attempt = await openclaw.tryAcquire(ours.target, { timeoutMs: 500 });
  const isTaken = attempt.status === "acquired";
  context.check("verify-tells", (await ours.verify()) !== isTaken, "verify does not tell who has the lock");
  context.check("lock-survives", !isTaken, "OpenClaw in one container took a living helper's lock in another");
  if (isTaken) await attempt.held.release();
  else await ours.release();
}
