import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bytesOf, type Repeat } from "../driver/fake-system.js";
import { editBytes, NEW_STORE } from "../src/store/edit.js";
import { NotAValue } from "../src/store/json.js";
import { isMountPoint } from "../src/store/mounts.js";
import { InvalidStore, parseStore } from "../src/store/parse.js";
import type { StoreEdit } from "../src/store/types.js";

interface Bytes {
  readonly bytes?: string;
  readonly base64?: string;
  readonly repeat?: Repeat;
}

interface StoreVector extends Bytes {
  readonly name: string;
  readonly rule: string;
  readonly edits?: readonly StoreEdit[];
  readonly mountinfo?: string;
  readonly path?: string;
  readonly expect: Bytes & { readonly kind?: string | null; readonly code?: string; readonly mountPoint?: boolean };
}

const vectors: readonly StoreVector[] = JSON.parse(
  readFileSync(new URL("../../../spec/vectors/store.json", import.meta.url), "utf8"),
);

function contentOf({ bytes, base64, repeat }: Bytes): Buffer | undefined {
  if (bytes === undefined && base64 === undefined && !repeat) return undefined;
  return bytesOf({
    ...(bytes !== undefined && { text: bytes }),
    ...(base64 !== undefined && { base64 }),
    ...(repeat && { repeat }),
  });
}

function outcome(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    if (error instanceof InvalidStore) return { code: "store_invalid", kind: error.kind };
    if (error instanceof NotAValue) return { code: "file_lock_invalid_option" };
    throw error;
  }
}

describe("kinds of bytes", () => {
  const cases = vectors.filter(({ edits, mountinfo }) => !edits && mountinfo === undefined);

  test.each(cases)("$name", (vector) => {
    const { kind } = vector.expect;
    const found = outcome(() => parseStore(contentOf(vector)!) && null);
    expect(found).toEqual(kind === null ? null : { code: "store_invalid", kind });
  });

  test.each(cases.filter(({ expect: { kind } }) => kind === null))("a store is JSON to others too: $name", (vector) => {
    const bytes = contentOf(vector)!;
    expect(() => JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes))).not.toThrow();
  });
});

describe("edits", () => {
  test.each(vectors.filter(({ edits }) => edits))("$name", (vector) => {
    const found = outcome(() => editBytes(contentOf(vector) ?? NEW_STORE, vector.edits!).toString("utf8"));
    expect(found).toEqual(contentOf(vector.expect)?.toString("utf8") ?? vector.expect);
  });
});

describe("mounts", () => {
  test.each(vectors.filter(({ mountinfo }) => mountinfo !== undefined))("$name", (vector) => {
    const mountinfo = Buffer.from(vector.mountinfo!, "utf8");
    expect(isMountPoint(mountinfo, vector.path!)).toBe(vector.expect.mountPoint);
  });
});
