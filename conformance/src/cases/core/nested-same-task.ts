import type { CaseDefinition } from "../../engine/case.js";
import { leftNothing } from "../support/expect.js";

export const nestedSameTask: CaseDefinition = {
  id: "nested-same-task",
  title: "Taking a lock inside its own with-form fails at once",
  group: "core",
  level: "MUST",
  rules: ["WAIT-8"],
  field: [4],
  profile: "basic",
  needs: ["basic", "nested"],
  parallel: true,
  how: "Inside the with-form of a lock the same task takes the same lock. It must fail at once with file_lock_reentrant instead of waiting for itself, and the outer form must still release.",
  timeoutMs: 40_000,
  async run(context) {
    const target = context.target();
    const options = { timeoutMs: context.limit(3_000) };
    const { outcome, ms } = await (await context.spawn()).ask("nested", { target, options }, { timeoutMs: 20_000 });
    context.check("reentrant", outcome === "file_lock_reentrant", () => `the inner acquire came out as ${outcome}`);
    context.check("at-once", Number(ms) < context.limit(2_000), () => `it took ${ms} ms`);
    leftNothing(context, "released", target, "a nested acquire");
  },
};
