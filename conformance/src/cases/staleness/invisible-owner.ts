import type { CaseDefinition } from "../../engine/case.js";
import { gotIt } from "../support/expect.js";
import { inInitialNamespace } from "../support/machine.js";
import { fresh } from "../support/team.js";
import { keptFromTaking } from "../support/verdicts.js";

const CONTAINER = { wrapper: ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"] };

export const invisibleOwner: CaseDefinition = {
  id: "invisible-owner",
  title: "A holder in another PID namespace keeps its lock, from inside and from outside",
  group: "staleness",
  level: "MUST",
  rules: ["VERDICT-4", "VERDICT-8"],
  field: [49, 50],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  environment: ["linux", "root", "unshare"],
  how: "A holder in a PID namespace of its own is contended for from outside and from a third namespace, and a holder outside from within; every time the lock must be kept, however small staleMs. Once the inner holder is killed, a contender that can see all processes must take its lock.",
  timeoutMs: 60_000,
  async run(context) {
    const outside = await context.spawn();
    const first = await fresh(context, CONTAINER);
    const second = await fresh(context, CONTAINER);

    const inner = context.target("inner.json");
    await first.acquire(inner);
    await keptFromTaking(context, outside, inner, "seen-from-outside", "its holder lives in a namespace below");
    await keptFromTaking(context, second, inner, "seen-from-beside", "its holder lives in another namespace");

    const outer = context.target("outer.json");
    const held = await outside.acquire(outer);
    await keptFromTaking(context, second, outer, "seen-from-inside", "its holder lives outside");
    await held.release();

    await first.kill();
    if (!inInitialNamespace()) return;
    const attempt = await outside.tryAcquire(inner, { timeoutMs: 0 });
    await gotIt(
      context,
      "taken-when-dead",
      attempt,
      "its holder was killed, and nobody is left that it could be",
    ).release();
  },
};
