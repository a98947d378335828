import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fresh, generation, merge } from "../driver/refreshes.js";
import { isRefreshError } from "../src/oauth.js";

interface RefreshVector {
  readonly name: string;
  readonly rule: string;
  readonly generation?: Record<string, unknown>;
  readonly fresh?: Record<string, unknown>;
  readonly merge?: Record<string, unknown>;
  readonly expect: Record<string, unknown>;
}

const vectors: readonly RefreshVector[] = JSON.parse(
  readFileSync(new URL("../../../spec/vectors/refresh.json", import.meta.url), "utf8"),
);

function answer(vector: RefreshVector): unknown {
  try {
    const request = { id: 1, verb: "x" };
    if (vector.generation) return generation({ ...request, ...vector.generation });
    return vector.fresh ? fresh({ ...request, ...vector.fresh }) : merge({ ...request, ...vector.merge });
  } catch (error) {
    if (isRefreshError(error)) return { code: error.code };
    throw error;
  }
}

describe.each(["REFRESH-2", "REFRESH-4", "REFRESH-10"])("%s", (rule) => {
  test.each(vectors.filter((vector) => vector.rule === rule))("$name", (vector) => {
    expect(answer(vector)).toEqual(vector.expect);
  });
});
