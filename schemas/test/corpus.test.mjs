import assert from "node:assert/strict";
import { test } from "node:test";
import { validateLockPayload } from "../../packages/lock-helpers/src/generated/validate-payload.js";
import { paths } from "../generate/sources.mjs";
import { ajvJudge, corpus } from "./judges.mjs";

const ajv = ajvJudge(paths.writer);

/** The key that ajv blames: the one that is wrong, missing or too many. */
const blamed = ({ instancePath, params }) =>
  instancePath.slice(1) || params.missingProperty || (params.additionalProperty ? "unknown" : "");

for (const [name, payload] of corpus("valid")) {
  test(`a writer may publish: ${name}`, () => {
    assert.deepEqual(ajv(payload), []);
    assert.equal(validateLockPayload(payload), true);
  });
}

for (const [name, payload] of corpus("invalid")) {
  test(`a writer may not publish: ${name}`, () => {
    const isObject = payload !== null && typeof payload === "object" && !Array.isArray(payload);
    assert.deepEqual([...new Set(ajv(payload).map(blamed))], [isObject ? name.split("-")[0] : ""]);
    assert.equal(validateLockPayload(payload), false);
  });
}
