import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { capture } from "../lib/process.mjs";
import { fromRoot } from "../lib/root.mjs";
import { folder } from "./temporary.mjs";

/** Runs .ci/run with a fake npm: what each script prints, and with which status it ends. */
function ci(t, { npm = {}, git = "" }) {
  const scripts = { test: "echo 7 passed, 0 failed", conformance: "echo 5 passed, 0 failed", ...npm };
  const cases = Object.entries(scripts).map(([name, code]) => `${name}) ${code} ;;`);
  const root = folder(t, {
    "bin/npm": `#!/bin/sh\n[ "$1" = run ] && shift\ncase "$1" in\n${cases.join("\n")}\nesac\n`,
    "bin/git": `#!/bin/sh\nprintf '%s' '${git}'\n`,
  });
  mkdirSync(join(root, ".ci"));
  copyFileSync(fromRoot(".ci/run"), join(root, ".ci/run"));
  for (const program of ["bin/npm", "bin/git"]) chmodSync(join(root, program), 0o755);
  const { status, stdout } = capture("bash", [join(root, ".ci/run")], {
    env: { PATH: `${root}/bin:${process.env.PATH}` },
  });
  return { status, stdout, total: stdout.trimEnd().split("\n").at(-1) };
}

test("the last line is the sum of tests and conformance cases", (t) => {
  const { status, total } = ci(t, {});
  assert.deepEqual([status, total], [0, "12 passed, 0 failed"]);
});

test("every step says how long it took", (t) => {
  const { stdout } = ci(t, {});
  for (const step of ["setup", "lint", "generate", "test", "conformance", "clean"]) {
    assert.match(stdout, new RegExp(`^== ${step}: status 0 after \\d+ s$`, "m"));
  }
});

test("failures of both suites are added, and the rest still runs", (t) => {
  const { status, total } = ci(t, {
    npm: { test: "echo 7 passed, 2 failed; exit 1", conformance: "echo 5 passed, 1 failed, 3 not applicable; exit 1" },
  });
  assert.deepEqual([status, total], [1, "12 passed, 3 failed"]);
});

const faults = {
  "a step without a total that fails": { npm: { lint: "exit 1" } },
  "a suite that prints no total": { npm: { test: "echo all fine" } },
  "a suite that fails without a failed test": { npm: { conformance: "echo 5 passed, 0 failed; exit 3" } },
  "a step that leaves files behind": { git: "?? left-over" },
};
for (const [name, fault] of Object.entries(faults)) {
  test(`${name} is a failure`, (t) => {
    const { status, total } = ci(t, fault);
    assert.equal(status, 1);
    assert.match(total, /, 1 failed$/);
  });
}
