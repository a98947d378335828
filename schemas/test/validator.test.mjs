import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fromRoot } from "../../scripts/lib/root.mjs";
import { assertSelfContained } from "../generate/validator.mjs";

test("the bundled validator works from a file, far from any node_modules", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "validator-"));
  t.after(() => rmSync(folder, { recursive: true }));
  copyFileSync(fromRoot("packages/lock-helpers/src/generated/validate-payload.js"), join(folder, "validator.mjs"));
  const minimal = fromRoot("schemas/corpus/valid/minimal.json");
  // From a file, not with `node -e`: that one has a global `require`, which would hide a missing import.
  writeFileSync(
    join(folder, "main.mjs"),
    `import { readFileSync } from "node:fs";
     import { validateLockPayload } from "./validator.mjs";
     const payload = JSON.parse(readFileSync(${JSON.stringify(minimal)}, "utf8"));
     console.log(validateLockPayload(payload), validateLockPayload({ ...payload, pid: 0 }));`,
  );
  const result = spawnSync(process.execPath, [join(folder, "main.mjs")], { cwd: folder, encoding: "utf8" });
  assert.equal(result.stdout.trim(), "true false", result.stderr);
});

for (const line of [
  'const equal = require("ajv/dist/runtime/equal").default;',
  'import equal from "fast-deep-equal";',
  'import "side-effect";',
  'export * from "./other.js";',
  'const late = await import("ajv");',
]) {
  test(`a validator that imports is refused: ${line}`, () => {
    assert.throws(() => assertSelfContained(`// header\n${line}\nvar x = 1;\n`), /still imports/);
  });
}

test("a validator that exports its own function is accepted", () => {
  assert.doesNotThrow(() => assertSelfContained("var f = () => true;\nexport {\n  f as validateLockPayload\n};\n"));
});
