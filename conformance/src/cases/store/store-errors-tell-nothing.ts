import { writeFileSync } from "node:fs";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { fresh } from "../support/team.js";

const SECRETS = ["s3cret-key", "s3cret-value"];

const BROKEN: Readonly<Record<string, string>> = {
  torn: '{"s3cret-key": "s3cret-value',
  garbage: '{"s3cret-key": s3cret-value}',
  "duplicate-key": '{"s3cret-key": 1, "s3cret-key": "s3cret-value"}',
  "not-an-object": '["s3cret-value", "s3cret-key"]',
  nul: '{"s3cret-key": "s3cret-value"}\u0000',
  deep: `{"s3cret-key": ${"[".repeat(70)}"s3cret-value"${"]".repeat(70)}}`,
};

export const storeErrorsTellNothing: CaseDefinition = {
  id: "store-errors-tell-nothing",
  title: "No error about a store holds a value or a key of it",
  group: "store",
  level: "MUST",
  rules: ["STORE-9"],
  field: [76],
  profile: "refresh",
  needs: ["store"],
  parallel: true,
  how: "Stores that are torn, garbage, too deep, with a key twice, and a path that leads through a value that is no object: neither the refusal, however it is printed, nor the log may hold a key or a value of the store, and the store must be as it was.",
  timeoutMs: 30_000,
  async run(context: CaseContext) {
    const driver = await fresh(context);
    for (const [kind, text] of Object.entries(BROKEN)) {
      const path = context.target(`stores/${kind}.json`);
      writeFileSync(path, text);
      for (const [verb, fields] of [
        ["store-read", { path }],
        ["store-update", { path, edits: [{ at: ["a"], value: 1 }] }],
      ] as const) {
        const reply = await driver.call(verb, fields);
        context.require("refused", reply.status === "refused", `${verb} took a store that is ${kind}`);
        tells(JSON.stringify(reply), `${verb} of a store that is ${kind}`);
      }
    }
    const path = context.target("stores/through.json");
    writeFileSync(path, '{"a": "s3cret-value", "s3cret-key": 1}');
    const through = await driver.call("store-update", { path, edits: [{ at: ["a", "b"], value: 1 }] });
    context.require("refused-through", through.status === "refused", "it set something below a text");
    tells(JSON.stringify(through), "a path through a text");
    tells(driver.stderrTail.join("\n"), "the log");

    function tells(text: string, what: string): void {
      const told = SECRETS.filter((secret) => text.includes(secret));
      context.check(
        "tells-nothing",
        told.length === 0,
        () => `${what} holds ${told.join(" and ")}: ${text.slice(0, 300)}`,
      );
    }
  },
};
