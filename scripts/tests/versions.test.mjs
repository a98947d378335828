import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { addSection, entry } from "../lib/changelog.mjs";
import { fromRoot } from "../lib/root.mjs";
import { readVersions } from "../lib/versions.mjs";

test("every language and workspace carries the same version", () => {
  const versions = readVersions();
  assert.equal(new Set(Object.values(versions)).size, 1, JSON.stringify(versions, null, 2));
});

test("package-lock.json holds no registry address", () => {
  const lock = JSON.parse(readFileSync(fromRoot("package-lock.json"), "utf8"));
  const addresses = Object.values(lock.packages).filter(({ resolved }) => /^\w+:\/\//.test(resolved ?? ""));
  assert.deepEqual(addresses, []);
});

// npm leaves out, without a word, what its registry did not have; `npm ci` then fails everywhere.
test("package-lock.json has every package that another one in it may need", () => {
  const { packages } = JSON.parse(readFileSync(fromRoot("package-lock.json"), "utf8"));
  const names = new Set(Object.keys(packages).map((path) => path.split("node_modules/").at(-1)));
  const wanted = Object.values(packages).flatMap(({ dependencies, optionalDependencies }) =>
    Object.keys({ ...dependencies, ...optionalDependencies }),
  );
  assert.deepEqual(
    wanted.filter((name) => !names.has(name)),
    [],
  );
});

test("a section of the changelog goes on top, with the words of the changesets", () => {
  const changesets = ['---\n"@openclaw/lock-helpers": patch\n---\n\n[Go] Fixes a wait\nthat never ended.\n'];
  const changelog = addSection(
    "# Changelog\n\n<!-- next -->\n\n## 1.0.0 – 2026-11-21\n",
    "1.0.1",
    "2026-12-01",
    changesets,
  );
  assert.equal(
    changelog,
    "# Changelog\n\n<!-- next -->\n\n## 1.0.1 – 2026-12-01\n\n- [Go] Fixes a wait\n  that never ended.\n\n## 1.0.0 – 2026-11-21\n",
  );
});

test("a changeset without words is refused", () => {
  assert.throws(() => entry('---\n"@openclaw/lock-helpers": patch\n---\n\n'), /without text/);
});

test("the changelog has the line that the next section goes to", () => {
  assert.match(readFileSync(fromRoot("CHANGELOG.md"), "utf8"), /^<!-- next -->$/m);
});
