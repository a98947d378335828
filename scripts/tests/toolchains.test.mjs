import assert from "node:assert/strict";
import { test } from "node:test";
import { atLeast, findPython, missingToolchains } from "../lib/toolchains.mjs";

for (const [version, wanted, answer] of [
  ["20.19.0", "20.19", true],
  ["20.9.5", "20.19", false],
  ["22.0.0", "20.19", true],
  ["3.9.18", "3.10", false],
  ["1.24rc1", "1.24", true],
  ["1", "1.24", false],
]) {
  test(`${version} is ${answer ? "" : "not "}at least ${wanted}`, () => assert.equal(atLeast(version, wanted), answer));
}

/** A machine on which these programs answer so. */
const machine = (programs) => (command) => ({ status: 0, stdout: programs[command] ?? "", stderr: "" });

test("the first python that is new enough is taken, whatever its name", () => {
  const probe = machine({ python3: "3.8.1\n", python: "3.12.0\n" });
  assert.deepEqual(findPython(probe, {}), { command: "python", version: "3.12.0" });
});

test("PYTHON goes first", () => {
  const probe = machine({ "/opt/python": "3.11.1\n", python3: "3.12.0\n" });
  assert.equal(findPython(probe, { PYTHON: "/opt/python" }).command, "/opt/python");
});

test("a machine with all toolchains has nothing to complain about", () => {
  const probe = machine({ python3: "3.11.7\n", go: "go1.26\n" });
  assert.deepEqual(missingToolchains({ probe, node: "20.20.2", env: {} }), []);
});

test("each missing toolchain is one sentence with what was found and where to get it", () => {
  const probe = machine({ python3: "3.9.1\n" });
  assert.deepEqual(missingToolchains({ probe, node: "18.0.0", env: {} }), [
    "Node 20.19 or newer is needed, found 18.0.0: https://nodejs.org/",
    "Python 3.10 or newer is needed, found 3.9.1: https://www.python.org/, or set PYTHON to its path",
    "Go 1.24 or newer is needed, found none: https://go.dev/dl/",
  ]);
});
