import { checkGofmt, installStaticcheck } from "./lib/go-tools.mjs";
import { run } from "./lib/process.mjs";
import { fromRoot } from "./lib/root.mjs";
import { setUp } from "./lib/set-up.mjs";
import { steps } from "./lib/steps.mjs";
import { turbo } from "./lib/turbo.mjs";
import { venv } from "./lib/venv.mjs";

setUp();

const PYTHON = [".", "../spec", "../conformance/lockers/python"];
const GO_LOCKERS = "conformance/lockers/go";

const python = (...args) => run(venv("python"), ["-m", ...args], { cwd: fromRoot("python") });
const go = (command, ...args) => run(command, args, { cwd: fromRoot("go") });

process.exit(
  steps({
    "biome check": () => run(fromRoot("node_modules/.bin/biome"), ["check", "--error-on-warnings", "."]),
    // The checkers of Python and Go have lines of their own below.
    "tsc --noEmit": () => turbo(["typecheck", "--filter=@openclaw/*"]),
    "tsc of the scripts": () => run(fromRoot("node_modules/.bin/tsc"), ["-p", "scripts/tsconfig.json"]),
    "ruff check": () => python("ruff", "check", ...PYTHON),
    "ruff format --check": () => python("ruff", "format", "--check", ...PYTHON),
    "mypy --strict": () => python("mypy", "--strict"),
    "gofmt -l": () => checkGofmt(fromRoot("go")) || checkGofmt(fromRoot(GO_LOCKERS)),
    "go vet": () => go("go", "vet", "./...") || run("go", ["vet", "."], { cwd: fromRoot(GO_LOCKERS) }),
    staticcheck: () => installStaticcheck() || go(fromRoot("go/bin/staticcheck"), "./..."),
    build: () => turbo(["build"]),
    "check-spec": () => run(process.execPath, [fromRoot("scripts/check-spec.mjs")]),
  }),
);
