import { setUp } from "./lib/set-up.mjs";
import { turbo } from "./lib/turbo.mjs";

setUp();
process.exit(turbo(["build"]));
