import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { environment, packageFolder, usePlace } from "./support.js";

const place = usePlace();
const manifest = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
};

/** Packs a package as it stands, and unpacks it into a node_modules. Answers the names in the archive. */
function install(folder: string, name: string): string[] {
  const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", place.directory, folder];
  const packed = spawnSync("npm", pack, { encoding: "utf8", cwd: place.directory });
  const [{ filename, files }] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }];
  const into = place.at(`node_modules/${name}`);
  mkdirSync(into, { recursive: true });
  const unpacked = spawnSync("tar", ["-xzf", place.at(filename), "-C", into, "--strip-components=1"]);
  expect(unpacked.status).toBe(0);
  return files.map(({ path }) => path).sort();
}

/** The folder of an installed package: the first above its entry point that has its manifest. */
function folderOf(name: string): string {
  let folder = dirname(createRequire(join(packageFolder, "package.json")).resolve(name));
  while (nameIn(folder) !== name) {
    if (folder === dirname(folder)) throw new Error(`${name} is not installed`);
    folder = dirname(folder);
  }
  return folder;
}

function nameIn(folder: string): unknown {
  const path = join(folder, "package.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { name?: unknown }).name : undefined;
}

test("the archive has what it needs and nothing else, and works in an empty folder", () => {
  const files = install(packageFolder, "@openclaw/lock-cli");
  expect(files.filter((name) => !/^dist\/[a-z/-]+\.js$/.test(name))).toEqual([
    "LICENSE",
    "README.md",
    "examples/docker/Dockerfile",
    "examples/docker/compose.yaml",
    "examples/docker/entrypoint.sh",
    "examples/kubernetes/statefulset.yaml",
    "examples/systemd/openclaw-gateway.service",
    "package.json",
    "schema/locks-status.schema.json",
  ]);
  install(folderOf("@openclaw/lock-helpers"), "@openclaw/lock-helpers");
  for (const name of Object.keys(manifest.dependencies)) {
    if (name !== "@openclaw/lock-helpers") symlinkSync(folderOf(name), place.at(`node_modules/${name}`));
  }
  const bin = place.at("node_modules/@openclaw/lock-cli/dist/main.js");
  const call = (...args: string[]) =>
    spawnSync(bin, args, { encoding: "utf8", cwd: place.directory, env: environment(place.directory) });
  expect(call("--version").stdout).toBe(`${manifest.version}\n`);
  expect(call("run", "data.json", "--", "echo", "inside")).toMatchObject({ status: 0, stdout: "inside\n" });
  expect(call("status", "data.json")).toMatchObject({ status: 0, stdout: expect.stringContaining("free") });
  expect(call("sweep")).toMatchObject({ status: 0 });
  expect(readdirSync(place.directory)).not.toContain("data.json.lock");
});

test("the schema in the package is the repository's", () => {
  const name = "locks-status.schema.json";
  const packed = readFileSync(join(packageFolder, "schema", name), "utf8");
  expect(packed).toBe(readFileSync(join(packageFolder, "..", "..", "schemas", name), "utf8"));
});
