import { run } from "./lib/process.mjs";
import { fromRoot } from "./lib/root.mjs";
import { setUp } from "./lib/set-up.mjs";
import { steps } from "./lib/steps.mjs";
import { turbo } from "./lib/turbo.mjs";

setUp();
process.exit(
  steps({
    "tsc, mypy": () => turbo(["typecheck"]),
    "go vet": () => run("go", ["vet", "./..."], { cwd: fromRoot("go") }),
  }),
);
