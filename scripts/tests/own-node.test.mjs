import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { unlinkForeignNode } from "../lib/own-node.mjs";
import { capture } from "../lib/process.mjs";
import { root } from "../lib/root.mjs";
import { folder } from "./temporary.mjs";

test("only programs named node are removed", (t) => {
  const bin = folder(t, { node: "", "node.cmd": "", tsc: "" });
  unlinkForeignNode([bin, join(bin, "not-there")]);
  assert.deepEqual(
    ["node", "node.cmd", "tsc"].map((name) => existsSync(join(bin, name))),
    [false, false, true],
  );
});

test("npm's scripts run under the Node that runs this", () => {
  const { stdout } = capture("npm", ["exec", "--", "node", "-p", "process.version"], { cwd: root });
  assert.equal(stdout.trim(), process.version);
});
