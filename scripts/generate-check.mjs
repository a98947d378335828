// Removes what is generated, generates again, and fails if anything came out otherwise than it stood there, or is not
// what is committed. Unconditional: a check that looks at which files a change touched misses a changed generator.
import { readFileSync } from "node:fs";
import { listGenerated } from "../schemas/generate/places.mjs";
import { changes } from "./lib/changes.mjs";
import { capture, run } from "./lib/process.mjs";
import { fromRoot } from "./lib/root.mjs";
import { setUp } from "./lib/set-up.mjs";

setUp();

const snapshot = () => new Map(listGenerated().map((path) => [path, readFileSync(fromRoot(path), "utf8")]));
const before = snapshot();
if (run(process.execPath, [fromRoot("schemas/generate/main.mjs")]) !== 0) process.exit(1);
const after = snapshot();

const complaints = changes(before, after);
const git = capture("git", [
  "status",
  "--porcelain",
  "--untracked-files=all",
  "--",
  ...new Set([...before.keys(), ...after.keys()]),
]);
// Without a repository (a source archive) there is nothing committed to compare with.
if (git.status === 0)
  complaints.push(
    ...git.stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => `not as committed: ${line.slice(3)}`),
  );

for (const complaint of complaints) console.error(`generate:check: ${complaint}`);
if (complaints.length > 0) console.error("generate:check: run `npm run generate`, and commit what it writes");
else console.error(`generate:check: ${after.size} files are as generated`);
process.exit(complaints.length === 0 ? 0 : 1);
