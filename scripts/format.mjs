import { run } from "./lib/process.mjs";
import { fromRoot } from "./lib/root.mjs";
import { setUp } from "./lib/set-up.mjs";
import { steps } from "./lib/steps.mjs";
import { venv } from "./lib/venv.mjs";

setUp();

const PYTHON = [".", "../spec", "../conformance/lockers/python"];

const ruff = (...args) => run(venv("python"), ["-m", "ruff", ...args], { cwd: fromRoot("python") });

process.exit(
  steps({
    biome: () => run(fromRoot("node_modules/.bin/biome"), ["check", "--write", "."]),
    ruff: () => ruff("check", "--fix", ...PYTHON) || ruff("format", ...PYTHON),
    gofmt: () => run("gofmt", ["-w", "."], { cwd: fromRoot("go") }),
  }),
);
