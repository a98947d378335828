import { writeFileSync } from "node:fs";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { askPure, type Question } from "../support/pure.js";
import { storeRefused, succeeded } from "../support/stores.js";
import { base64Of, bytesOfVector, type StoreVector, storeVectors } from "../support/vectors.js";

/** A line of the driver protocol is at most 1 MiB long. */
const MOST_ON_A_LINE = 700_000;

export const storeKinds: CaseDefinition = {
  id: "store-kinds",
  title: "What is no store has one kind, the same in every language",
  group: "store",
  level: "MUST",
  rules: ["STORE-1", "STORE-2"],
  field: [38, 77],
  profile: "refresh",
  needs: ["store"],
  parallel: true,
  how: "Every vector of bytes is parsed (empty, torn at every place, BOM, NUL, not UTF-8, garbage, too deep, a key twice, no object, numbers of any length): its kind must be the one foretold. What is too long for a line of the protocol is updated in a file instead.",
  timeoutMs: 120_000,
  async run(context) {
    const driver = await context.spawn();
    const vectors = storeVectors().filter(({ rule, edits }) => rule === "STORE-2" && edits === undefined);
    const small = vectors.filter((vector) => bytesOfVector(vector).length <= MOST_ON_A_LINE);
    await askPure(context, "kind", driver, small.map(question));
    for (const vector of vectors) if (!small.includes(vector)) await fromFile(context, vector);
  },
};

const question = (vector: StoreVector): Question => ({
  name: vector.name,
  verb: "store-parse",
  fields: { bytes: base64Of(vector) },
  expect: vector.expect,
});

async function fromFile(context: CaseContext, vector: StoreVector): Promise<void> {
  const path = context.target("large.json");
  writeFileSync(path, bytesOfVector(vector));
  // What would change nothing: its value would be too long a line as well.
  const fields = { path, edits: [{ at: ["none"], remove: true }] };
  const reply = await (await context.spawn()).call("store-update", fields, { timeoutMs: 60_000 });
  const { kind } = vector.expect;
  if (kind === null) succeeded(context, "large-store", reply, vector.name);
  else storeRefused(context, "large", reply, "store_invalid", vector.name, String(kind));
}
