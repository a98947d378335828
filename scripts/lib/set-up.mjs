import { existsSync } from "node:fs";
import { hashOf, onceFor } from "./marker.mjs";
import { insistOnOwnNode, unlinkForeignNode } from "./own-node.mjs";
import { capture, run } from "./process.mjs";
import { fromRoot } from "./root.mjs";
import { findPython, missingToolchains } from "./toolchains.mjs";
import { venv } from "./venv.mjs";

/** Exit status when something that this repository cannot install by itself is missing. */
const EXIT_MISSING = 3;

function must(status, sentence) {
  if (status === 0) return;
  console.error(`setup: ${sentence}`);
  process.exit(EXIT_MISSING);
}

// Everything that set-up prints goes to stderr: a command that sets up first may have a stdout that is somebody's input.
const toStderr = { stdout: "stderr" };

function install(marker, hash, command, args) {
  const status = onceFor(marker, hash, () => {
    console.error(`setup: ${[command, ...args].join(" ")}`);
    return run(command, args, { ...toStderr, cwd: fromRoot(".") });
  });
  must(status, `${command} failed, see above`);
}

function node() {
  const hash = hashOf({ texts: [process.versions.modules, process.platform], files: [fromRoot("package-lock.json")] });
  install(fromRoot("node_modules/.set-up"), hash, "npm", ["ci"]);
  unlinkForeignNode();
}

function python() {
  const { command, version } = findPython();
  if (!existsSync(venv("python")) || capture(venv("python"), ["-V"]).stdout.trim() !== `Python ${version}`) {
    console.error(`setup: python/.venv with Python ${version}`);
    const made = run(command, ["-m", "venv", "--clear", fromRoot("python/.venv")], toStderr);
    must(made, "python -m venv failed; on Debian and Ubuntu it is the package python3-venv");
  }
  const files = [fromRoot("python/requirements-dev.txt"), fromRoot("python/pyproject.toml")];
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  const what = ["-r", "python/requirements-dev.txt", "-e", "python"];
  install(fromRoot("python/.venv/.set-up"), hashOf({ texts: [version], files }), venv("python"), [...pip, ...what]);
}

/** The lockers that the conformance suite runs beside the helpers, apart from what the Python helper is built and tested with. */
function pythonLockers() {
  const folder = "conformance/lockers/python";
  const { command, version } = findPython();
  const files = [fromRoot(`${folder}/requirements.txt`)];
  const status = onceFor(fromRoot(`${folder}/.venv/.set-up`), hashOf({ texts: [version], files }), () => {
    console.error(`setup: ${folder}/.venv with Python ${version}`);
    const made = run(command, ["-m", "venv", "--clear", fromRoot(`${folder}/.venv`)], toStderr);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    return made || run(venv("python", folder), [...pip, "-r", `${folder}/requirements.txt`], toStderr);
  });
  must(status, `pip failed in ${folder}, see above`);
}

function go(folder) {
  const { status, stderr } = capture("go", ["mod", "download"], { cwd: fromRoot(folder) });
  must(status, `go mod download failed in ${folder}: ${stderr.trim()}`);
}

/** Checks the toolchains and installs what each language needs; cheap when nothing has changed. */
export function setUp() {
  insistOnOwnNode();
  const missing = missingToolchains();
  for (const sentence of missing) console.error(`setup: ${sentence}`);
  if (missing.length > 0) process.exit(EXIT_MISSING);
  node();
  python();
  pythonLockers();
  go("go");
  go("conformance/lockers/go");
}
