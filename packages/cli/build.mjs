// dist/: the compiled program; schema/: the schema of its --json, so that the installed package has it too.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(dirname(fileURLToPath(import.meta.url)));
const root = join("..", "..");

// What a file that is gone had left behind would still be imported, or packed.
for (const made of ["dist", "schema"]) rmSync(made, { recursive: true, force: true });

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { stdio: "inherit" });
chmodSync("dist/main.js", 0o755);

mkdirSync("schema");
const schema = "locks-status.schema.json";
cpSync(join(root, "schemas", schema), join("schema", schema));
if (existsSync(join(root, "LICENSE"))) cpSync(join(root, "LICENSE"), "LICENSE");
