import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { credential, credentialOwner, statePaths } from "../driver/openclaw.js";
import { isFileLockError } from "../src/index.js";

interface StateVector {
  readonly name: string;
  readonly rule: string;
  readonly paths?: Record<string, unknown>;
  readonly owner?: Record<string, unknown>;
  readonly credential?: unknown;
  readonly main?: unknown;
  readonly now?: number;
  readonly expect: Record<string, unknown>;
}

const vectors: readonly StateVector[] = JSON.parse(
  readFileSync(new URL("../../../spec/vectors/state.json", import.meta.url), "utf8"),
);

function answer(vector: StateVector): unknown {
  const request = { id: 1, verb: "x" };
  try {
    if (vector.paths) return statePaths({ ...request, ...vector.paths });
    if (vector.owner) return credentialOwner({ ...request, ...vector.owner });
    return credential({ ...request, credential: vector.credential, main: vector.main, now: vector.now });
  } catch (error) {
    if (isFileLockError(error)) return { code: error.code };
    throw error;
  }
}

describe.each([...new Set(vectors.map(({ rule }) => rule))])("%s", (rule) => {
  test.each(vectors.filter((vector) => vector.rule === rule))("$name", (vector) => {
    expect(answer(vector)).toMatchObject(vector.expect);
  });
});
