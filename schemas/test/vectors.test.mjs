import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromRoot } from "../../scripts/lib/root.mjs";
import { paths } from "../generate/sources.mjs";
import { ajvJudge } from "./judges.mjs";

const vectors = JSON.parse(readFileSync(fromRoot("spec/vectors/payload.json"), "utf8"));
const readable = vectors.filter((vector) => vector.expect.content === "json");
const reader = ajvJudge(paths.reader);

/** A vector's bytes, in one of the three forms of spec/vectors/README.md. */
function bytesOf({ bytes, base64, repeat }) {
  if (base64 !== undefined) return Buffer.from(base64, "base64");
  if (bytes !== undefined) return Buffer.from(bytes);
  const { prefix = "", unit = "", times, middle = "", closing = "", suffix = "" } = repeat;
  return Buffer.from(prefix + unit.repeat(times) + middle + closing.repeat(times) + suffix);
}

test("there are readable payload vectors with and without an owner", () => {
  const owners = new Set(readable.map((vector) => vector.expect.pid !== null));
  assert.deepEqual([...owners].sort(), [false, true]);
});

for (const vector of readable) {
  test(`the reader schema finds an owner exactly where the vector does: ${vector.name}`, () => {
    const payload = JSON.parse(new TextDecoder("utf-8").decode(bytesOf(vector)));
    assert.equal(reader(payload).length === 0, vector.expect.pid !== null);
  });
}
