import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { sep } from "node:path";
import { fromRoot, root } from "./root.mjs";

// The suite's peers need a newer Node, which comes as an npm package with a program `node` of its own. npm links it where its
// scripts look first, and from then on every script would run, and every test would pass, under another Node than the user's.
const places = ["node_modules/.bin", "conformance/node_modules/.bin"];
const names = ["node", "node.cmd", "node.ps1"];

/** Removes the links, not the packages. */
export function unlinkForeignNode(folders = places.map(fromRoot)) {
  for (const folder of folders) for (const name of names) rmSync(`${folder}/${name}`, { force: true });
}

/** If this process was started by such a link: starts again under the user's own Node, and does not come back. */
export function insistOnOwnNode() {
  unlinkForeignNode();
  if (!process.execPath.startsWith(root + sep)) return;
  const { status } = spawnSync("node", process.argv.slice(1), { stdio: "inherit" });
  process.exit(status ?? 1);
}
