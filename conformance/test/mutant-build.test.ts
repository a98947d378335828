import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { probe } from "../src/engine/implementations.js";
import { buildMutant, MutantError } from "../src/engine/mutant.js";

const folder = mkdtempSync(join(tmpdir(), "mutant-"));
afterAll(() => rmSync(folder, { recursive: true }));

const patch = { file: "driver/main.ts", find: 'language: "typescript"', replace: 'language: "mutant"' };

test("the reference is built with its patches, and runs", async () => {
  const bundle = join(folder, "driver.mjs");
  await buildMutant([patch], bundle);
  const found = await probe(
    { name: "m", kind: "mutant", command: [process.execPath, bundle], env: {}, mixes: false },
    1,
  );
  expect(found).toMatchObject({ language: "mutant" });
  expect(found.unavailable).toBeUndefined();
});

test("a patch for a file that the driver does not use is stale", async () => {
  const built = buildMutant([{ ...patch, file: "test/nowhere.ts" }], join(folder, "none.mjs"));
  await expect(built).rejects.toThrow(MutantError);
});

test("a text that is no longer there is stale", async () => {
  const built = buildMutant([{ ...patch, find: "language: 'cobol'" }], join(folder, "none.mjs"));
  await expect(built).rejects.toThrow("the text to replace stands there 0 times");
});
