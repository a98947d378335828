// dist/: the compiled suite, and dist/data with what it reads of the repository, so that the installed package has it too.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(dirname(fileURLToPath(import.meta.url)));

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { stdio: "inherit" });

// What a file that is gone had left behind would still be imported, or packed.
for (const name of readdirSync("dist", { recursive: true, encoding: "utf8" })) {
  const source = join("src", name.replace(/(\.d\.ts|\.js)$/, ".ts"));
  if (/(\.d\.ts|\.js)$/.test(name) && !existsSync(source)) rmSync(join("dist", name));
}

rmSync("dist/data", { recursive: true, force: true });
const data = {
  schemas: /\.schema\.json$/,
  spec: /(\.md|\.json)$/,
};
for (const [folder, wanted] of Object.entries(data)) {
  cpSync(join("..", folder), join("dist/data", folder), {
    recursive: true,
    filter: (path) =>
      !/\/(node_modules|corpus|generate|test|test-results|model|\.turbo)$/.test(path) &&
      (wanted.test(path) || !/\.[a-z]+$/.test(path)),
  });
}
cpSync("src/report/templates", "dist/report/templates", { recursive: true });
cpSync("src/cli/skeletons", "dist/cli/skeletons", { recursive: true });
chmodSync("dist/cli/main.js", 0o755);

// Two lockers of other people are written in Go. Without it their cases are not applicable.
if (existsSync("lockers/go") && spawnSync("go", ["version"]).status === 0) {
  execFileSync("go", ["build", "-o", "../../bin/go-locker", "."], { cwd: "lockers/go", stdio: "inherit" });
}
