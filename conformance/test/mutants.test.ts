import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cases } from "../src/cases/index.js";
import { repositoryRoot } from "../src/engine/data.js";
import { applyPatches } from "../src/engine/mutant.js";
import { mutants } from "../src/mutants/index.js";

/** A case that the unbroken reference fails too proves nothing about a broken one. */
const WITHOUT_MUTANT: Readonly<Record<string, string>> = {
  "reclaim-race-g2": "an expected failure of every implementation: spec/limits.md",
  "two-live-pid1-with-openclaw": "an expected failure of every implementation: spec/limits.md",
  "fork-child": "the reference in Node cannot fork",
  "hung-file-system":
    "the delay is the kernel's; that a wait looks at its deadline is what the mutants of wait-timeout-detail are for",
};

const reference = (file: string): string =>
  readFileSync(join(repositoryRoot, "packages", "lock-helpers", file), "utf8");

describe("the mutants", () => {
  it.each(cases.map(({ id }) => id))("break %s, or say why none can", (id) => {
    const isBroken = mutants.some((mutant) => mutant.case === id);
    expect(isBroken).toBe(!Object.hasOwn(WITHOUT_MUTANT, id));
  });

  it("have names of their own, in the form of a slug", () => {
    const names = mutants.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });

  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    "%s belongs to a case and changes the reference",
    (_name, mutant) => {
      expect(cases.map(({ id }) => id)).toContain(mutant.case);
      expect(mutant.history.length).toBeGreaterThan(10);
      for (const file of new Set(mutant.patches.map((patch) => patch.file))) {
        const source = reference(file);
        // Throws unless each text stands in the source exactly once.
        const patched = applyPatches(
          source,
          mutant.patches.filter((patch) => patch.file === file),
        );
        expect(patched).not.toBe(source);
      }
    },
  );
});
