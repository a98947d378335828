import { run } from "./lib/process.mjs";
import { fromRoot } from "./lib/root.mjs";
import { setUp } from "./lib/set-up.mjs";
import { steps } from "./lib/steps.mjs";
import { turbo } from "./lib/turbo.mjs";
import { venv } from "./lib/venv.mjs";

setUp();
process.exit(
  steps({
    "tsc --noEmit": () => turbo(["typecheck"]),
    "mypy --strict": () => run(venv("python"), ["-m", "mypy", "--strict", "src"], { cwd: fromRoot("python") }),
    "go vet": () => run("go", ["vet", "./..."], { cwd: fromRoot("go") }),
  }),
);
