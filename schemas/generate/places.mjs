import { existsSync, readdirSync } from "node:fs";
import { fromRoot } from "../../scripts/lib/root.mjs";

/** Where generated files live, and which files there are generated: all of a folder, or those of a suffix. */
const places = [
  { folder: "packages/lock-helpers/src/generated", suffix: "" },
  { folder: "python/src/openclaw_lock_helpers/_generated", suffix: ".py" },
  { folder: "go/sidecar", suffix: "_gen.go" },
];

/** Every generated file that is there now, as paths below the root; also those that no generator makes any more. */
export function listGenerated() {
  return places.flatMap(({ folder, suffix }) => {
    if (!existsSync(fromRoot(folder))) return [];
    return readdirSync(fromRoot(folder), { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
      .map((entry) => `${folder}/${entry.name}`)
      .sort();
  });
}
