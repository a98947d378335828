import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  bytesOf,
  fakeSystem,
  observedOf,
  type Repeat,
  type VectorLock,
  type VectorSystem,
} from "../driver/fake-system.js";
import { abandoned, foreign, kernelLocks } from "../driver/foreigners.js";
import { classifyBytes } from "../driver/verdicts.js";
import { observe } from "../src/observe.js";
import { type Judgement, judge } from "../src/verdict.js";

interface PayloadVector {
  readonly name: string;
  readonly rule: string;
  readonly bytes?: string;
  readonly base64?: string;
  readonly repeat?: Repeat;
  readonly expect: unknown;
}

interface VerdictVector {
  readonly name: string;
  readonly rule: string;
  readonly lock: VectorLock;
  readonly system: VectorSystem;
  readonly staleMs: number;
  readonly trustPids?: boolean;
  readonly expect: Judgement;
}

function read<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`../../../spec/vectors/${name}`, import.meta.url), "utf8"));
}

describe("payload vectors", () => {
  test.each(read<PayloadVector>("payload.json"))("$rule: $name", (vector) => {
    const { bytes: text, base64, repeat } = vector;
    const bytes = bytesOf({
      ...(text !== undefined && { text }),
      ...(base64 && { base64 }),
      ...(repeat && { repeat }),
    });
    const reply = classifyBytes({ id: 1, verb: "classify", bytes: bytes.toString("base64") });
    expect(reply).toEqual(vector.expect);
  });
});

describe("verdict vectors", () => {
  // Node cannot ask whose socket it is connected to (WITNESS-7).
  const vectors = read<VerdictVector>("verdict.json").filter(({ expect }) => expect.reason !== "witness-inherited");

  test.each(vectors)("$rule: $name", ({ lock, system, staleMs, trustPids = false, expect: expected }) => {
    const evidence = observe(observedOf(lock, system), fakeSystem(system));
    expect(judge(evidence, { staleMs, trustPids })).toEqual(expected);
  });
});

interface ForeignVector {
  readonly name: string;
  readonly rule: string;
  readonly lock?: unknown;
  readonly locks?: string;
  readonly evidence?: unknown;
  readonly expect: Record<string, unknown>;
}

describe("foreign vectors", () => {
  test.each(read<ForeignVector>("foreign.json"))("$rule: $name", ({ expect: expected, ...vector }) => {
    const verb = vector.lock ? foreign : vector.evidence ? abandoned : kernelLocks;
    expect(verb({ id: 1, verb: "", ...vector })).toMatchObject(expected);
  });
});
