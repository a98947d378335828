// npm run conformance [-- [command] [options]]: without a command it is `run`.
// Set-up and build print to stderr, since the command's own stdout may be wanted (`init-driver python > driver.py`).
import { run } from "./lib/process.mjs";
import { fromRoot } from "./lib/root.mjs";
import { setUp } from "./lib/set-up.mjs";
import { turbo } from "./lib/turbo.mjs";

setUp();
const built = turbo(["build"], { stdout: "stderr" });
if (built !== 0) process.exit(built);

const args = process.argv.slice(2);
const command = args[0] === undefined || args[0].startsWith("-") ? ["run", ...args] : args;
process.exit(run(process.execPath, [fromRoot("conformance/dist/cli/main.js"), ...command]));
