// npm run version: the changesets become a version and a section of CHANGELOG.md, and every language gets the number.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { addSection } from "./lib/changelog.mjs";
import { run } from "./lib/process.mjs";
import { fromRoot } from "./lib/root.mjs";
import { setUp } from "./lib/set-up.mjs";
import { copyVersion } from "./lib/versions.mjs";

setUp();
const must = (status) => {
  if (status !== 0) process.exit(status);
};

const files = readdirSync(fromRoot(".changeset")).filter((file) => file.endsWith(".md") && file !== "README.md");
if (files.length === 0) {
  console.error("version: no changeset, so no new version");
  process.exit(1);
}
const changesets = files.sort().map((file) => readFileSync(fromRoot(`.changeset/${file}`), "utf8"));

must(run(fromRoot("node_modules/.bin/changeset"), ["version"]));
const version = copyVersion();
const changelog = fromRoot("CHANGELOG.md");
const today = new Date().toISOString().slice(0, 10);
writeFileSync(changelog, addSection(readFileSync(changelog, "utf8"), version, today, changesets));
must(run(process.execPath, [fromRoot("schemas/generate/main.mjs")]));
must(run("npm", ["install", "--package-lock-only"]));
console.log(`version ${version}: look it over, commit, and tag v${version} and go/v${version} on that commit`);
