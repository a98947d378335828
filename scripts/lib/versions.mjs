import { readFileSync, writeFileSync } from "node:fs";
import { fromRoot } from "./root.mjs";

/** Where the one version stands; changesets raises the first, the rest follows. */
const SOURCE = "packages/lock-helpers/package.json";
const python = { file: "python/pyproject.toml", pattern: /^(version = ")([^"]*)(")$/m };
const generated = [
  { file: "packages/lock-helpers/src/generated/constants.ts", pattern: /(VERSION = ")([^"]*)(";)/ },
  { file: "python/src/openclaw_lock_helpers/_generated/constants.py", pattern: /(VERSION: Final = ")([^"]*)(")/ },
  { file: "go/sidecar/constants_gen.go", pattern: /(const Version = ")([^"]*)(")/ },
];
const manifests = ["conformance", "python", "go", "schemas"].map((folder) => `${folder}/package.json`);

const text = (file) => readFileSync(fromRoot(file), "utf8");
const manifestVersion = (file) => JSON.parse(text(file)).version;

function find({ file, pattern }) {
  const match = pattern.exec(text(file));
  if (!match) throw new Error(`${file}: no version found`);
  return match[2];
}

/** Every place that holds the version, and what it says there. */
export function readVersions() {
  const versions = [SOURCE, ...manifests].map((file) => [file, manifestVersion(file)]);
  return Object.fromEntries([...versions, ...[python, ...generated].map((place) => [place.file, find(place)])]);
}

/** Copies the version to where no tool of its own does: Python's project file. Generated files follow by `generate`. */
export function copyVersion() {
  find(python);
  const version = manifestVersion(SOURCE);
  // PEP 440 has no hyphen before a pre-release; a release has neither.
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`${SOURCE}: ${version} is not a plain release number`);
  writeFileSync(fromRoot(python.file), text(python.file).replace(python.pattern, `$1${version}$3`));
  return version;
}
