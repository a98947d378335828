import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hashOf, onceFor } from "../lib/marker.mjs";
import { folder } from "./temporary.mjs";

test("work is done once for a hash, and again for another", (t) => {
  const marker = join(folder(t), "marker");
  const done = [];
  for (const hash of ["a", "a", "b"]) onceFor(marker, hash, () => done.push(hash) && 0);
  assert.deepEqual(done, ["a", "b"]);
});

test("work that fails says so, and is done again", (t) => {
  const marker = join(folder(t), "marker");
  assert.equal(
    onceFor(marker, "a", () => 7),
    7,
  );
  assert.equal(
    onceFor(marker, "a", () => 0),
    0,
  );
  assert.equal(
    onceFor(marker, "a", () => assert.fail("done already")),
    0,
  );
});

test("the hash changes with a file's content, and a missing file is not an error", (t) => {
  const files = [join(folder(t), "requirements.txt")];
  const missing = hashOf({ files });
  writeFileSync(files[0], "pytest==9\n");
  const first = hashOf({ files });
  writeFileSync(files[0], "pytest==10\n");
  assert.equal(new Set([missing, first, hashOf({ files })]).size, 3);
});
