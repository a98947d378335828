import { run } from "./lib/process.mjs";
import { fromRoot } from "./lib/root.mjs";
import { setUp } from "./lib/set-up.mjs";

setUp();
process.exit(run(process.execPath, [fromRoot("schemas/generate/main.mjs")]));
