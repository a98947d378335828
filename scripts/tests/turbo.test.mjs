import assert from "node:assert/strict";
import { test } from "node:test";
import { turboPlan } from "../lib/turbo.mjs";

// turbo passes over a package that lacks the script, and reports success.
const must = {
  build: ["@openclaw/lock-helpers", "@openclaw/lock-cli", "@openclaw/lock-conformance", "@openclaw-internal/go"],
  typecheck: ["@openclaw/lock-helpers", "@openclaw/lock-cli", "@openclaw/lock-conformance"],
  test: [
    "@openclaw/lock-helpers",
    "@openclaw/lock-cli",
    "@openclaw/lock-conformance",
    "@openclaw-internal/python",
    "@openclaw-internal/go",
    "@openclaw-internal/schemas",
  ],
};
const plan = turboPlan(Object.keys(must));

for (const [task, packages] of Object.entries(must)) {
  for (const name of packages) {
    test(`turbo runs ${task} of ${name}`, () => {
      const found = plan.tasks.find(({ taskId }) => taskId === `${name}#${task}`);
      assert.ok(found, "not in the plan: is the folder a workspace?");
      assert.notEqual(found.command, "<NONEXISTENT>", "its package.json has no such script");
    });
  }
}

test("what all languages are generated from and tested with is part of every hash", () => {
  const files = Object.keys(plan.globalCacheInputs.files);
  for (const file of ["spec/constants.json", "spec/verdict.md", "schemas/lock-payload-writer.schema.json"]) {
    assert.ok(files.includes(file), `${file} is not in ${files.join(", ")}`);
  }
});

test("a hash differs between toolchains", () => {
  const variables = plan.globalCacheInputs.environmentVariables;
  assert.ok(JSON.stringify(variables.configured).includes("LOCK_HELPERS_TOOLCHAINS="));
});

for (const task of ["stress", "conformance"]) {
  test(`${task} is never replayed from the cache`, () => {
    for (const { resolvedTaskDefinition } of turboPlan([task]).tasks.filter((entry) => entry.task === task)) {
      assert.equal(resolvedTaskDefinition.cache, false);
    }
  });
}
