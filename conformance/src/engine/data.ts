import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this package, from `src` and from `dist` alike. */
export const packageRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The root of the repository when the suite runs inside it. */
export const repositoryRoot = dirname(packageRoot);

/** A file of the contract as the build has copied it: `schemas/driver.schema.json`, `spec/reclaim.md`. */
export const dataFile = (name: string): string => join(packageRoot, "dist", "data", name);

export function readData(name: string): string {
  try {
    return readFileSync(dataFile(name), "utf8");
  } catch (error) {
    throw new Error(`${name} is not in dist/data: build the suite first (npm run build)`, { cause: error });
  }
}
