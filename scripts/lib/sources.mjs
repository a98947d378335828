import { existsSync, readFileSync, statSync } from "node:fs";
import { capture } from "./process.mjs";
import { fromRoot } from "./root.mjs";

const asText = /\.(md|json|mjs|js|ts|py|go|ya?ml|toml)$/;

/** All texts of the repository that are not ignored, by path below the root; lockfiles and binaries left out. */
export function readTexts() {
  const { status, stdout, stderr } = capture("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  const paths = [...new Set(stdout.split("\0"))].filter((path) => asText.test(path) && path !== "package-lock.json");
  const present = paths.filter((path) => existsSync(fromRoot(path)) && statSync(fromRoot(path)).isFile());
  return new Map(present.sort().map((path) => [path, readFileSync(fromRoot(path), "utf8")]));
}
