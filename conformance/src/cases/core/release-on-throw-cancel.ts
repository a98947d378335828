import type { CaseDefinition } from "../../engine/case.js";
import { leftNothing } from "../support/expect.js";

const ENDS = [
  { ends: "return", outcome: "returned", isOriginal: false },
  { ends: "throw", outcome: "body-error", isOriginal: true },
  { ends: "cancel", outcome: "cancelled", isOriginal: false },
  { ends: "timeout", outcome: "cancelled", isOriginal: false },
];

export const releaseOnThrowCancel: CaseDefinition = {
  id: "release-on-throw-cancel",
  title: "The with-form releases however its body ends, and the body's error wins",
  group: "core",
  level: "MUST",
  rules: ["RELEASE-2", "RELEASE-7"],
  field: [3],
  profile: "basic",
  needs: ["basic", "body"],
  parallel: true,
  how: "A body returns, throws, is cancelled and runs into a deadline; each time the lock must be gone and the body's own error must arrive. A body that loses its lock and then throws must still deliver its own error, with file_lock_lost attached.",
  timeoutMs: 40_000,
  async run(context) {
    const driver = await context.spawn();
    for (const { ends, outcome, isOriginal } of ENDS) {
      const target = context.target(`${ends}.json`);
      const reply = await driver.ask("body", { target, ends });
      context.check(`outcome-${ends}`, reply["outcome"] === outcome, () => `it came out as ${reply["outcome"]}`);
      context.check(`original-${ends}`, reply["original"] === isOriginal, () => `original is ${reply["original"]}`);
      leftNothing(context, `released-after-${ends}`, target, `a body that ends by ${ends}`);
    }
    const target = context.target("lost.json");
    const lost = await driver.ask("body", { target, ends: "lost-and-throw" });
    context.check("body-error-wins", lost["original"] === true, () => `what arrived was ${lost["outcome"]}`);
    context.check("loss-attached", lost["attached"] === "file_lock_lost", () => `attached was ${lost["attached"]}`);
    leftNothing(context, "nothing-left", target, "a body that lost its lock");
  },
};
