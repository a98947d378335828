import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fromRoot } from "../../scripts/lib/root.mjs";
import { foreign } from "./foreign.mjs";
import { go } from "./go.mjs";
import { listGenerated } from "./places.mjs";
import { python } from "./python.mjs";
import { readSources } from "./sources.mjs";
import { typescript } from "./typescript.mjs";
import { validator } from "./validator.mjs";

// All is made before anything is removed: a generator that throws leaves the old files in place.
const sources = readSources();
const files = {
  ...(await typescript(sources)),
  ...(await validator(sources)),
  ...python(sources),
  ...go(sources),
  ...foreign(sources),
};
for (const path of listGenerated()) rmSync(fromRoot(path));
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(fromRoot(path)), { recursive: true });
  writeFileSync(fromRoot(path), text);
}
console.error(`generate: ${Object.keys(files).length} files`);
