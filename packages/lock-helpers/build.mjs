// dist/: the library, as ESM and as CommonJS, each with types that say which of the two they describe.
// dist-driver/: the conformance driver, which is not packed.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

process.chdir(dirname(fileURLToPath(import.meta.url)));
const root = join("..", "..");

for (const made of ["dist", "dist-driver", "schema"]) rmSync(made, { recursive: true, force: true });

const common = { bundle: true, platform: "node", target: "node20.19", legalComments: "none", logLevel: "warning" };
// As in package.json and tsconfig.build.json.
const entries = ["index", "payload-schema", "tools", "store", "oauth", "openclaw"];
const library = { ...common, entryPoints: entries.map((name) => `src/${name}.ts`) };
await Promise.all([
  build({ ...library, format: "esm", outdir: "dist/esm" }),
  build({ ...library, format: "cjs", outdir: "dist/cjs" }),
  build({ ...common, entryPoints: ["driver/main.ts"], format: "esm", outfile: "dist-driver/main.js" }),
]);

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { stdio: "inherit" });
// A declaration that stands beside plain JavaScript is not emitted.
cpSync("src/generated/validate-payload.d.ts", "dist/esm/generated/validate-payload.d.ts");
keepReachable(
  "dist/esm",
  entries.map((name) => `${name}.d.ts`),
);

// The same declarations mean CommonJS in a folder that says so.
mkdirSync("dist/cjs", { recursive: true });
for (const name of readdirSync("dist/esm", { recursive: true })) {
  if (name.endsWith(".d.ts")) cpSync(join("dist/esm", name), join("dist/cjs", name));
}
writeFileSync("dist/cjs/package.json", '{ "type": "commonjs" }\n');

for (const name of ["lock-payload-writer", "lock-payload-reader"]) {
  cpSync(join(root, "schemas", `${name}.schema.json`), join("schema", `${name}.schema.json`));
}
if (existsSync(join(root, "LICENSE"))) cpSync(join(root, "LICENSE"), "LICENSE");

// Declarations that no public one mentions describe internals: they are left out of the package.
function keepReachable(folder, entries) {
  const reached = new Set();
  const visit = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    const text = readFileSync(file, "utf8");
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?"(\.[^"]+)\.js"/g)) {
      visit(join(dirname(file), `${specifier}.d.ts`));
    }
  };
  for (const entry of entries) visit(join(folder, entry));
  for (const name of readdirSync(folder, { recursive: true })) {
    const file = join(folder, name);
    if (name.endsWith(".d.ts") && !reached.has(file)) rmSync(file);
  }
}
