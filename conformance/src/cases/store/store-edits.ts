import type { CaseContext, CaseDefinition, Driver, Reply } from "../../engine/case.js";
import { base64Of, isSayable, type StoreVector, storeVectors } from "../support/vectors.js";

const MOST_ON_A_LINE = 700_000;

export const storeEdits: CaseDefinition = {
  id: "store-edits",
  title: "An edit leaves every byte outside of it as it was",
  group: "store",
  level: "MUST",
  rules: ["STORE-6"],
  field: [10, 77],
  profile: "refresh",
  needs: ["store"],
  parallel: true,
  how: "Every vector of edits is made: replacing, appending, removing, keys on the way, numbers, text and escapes, in files of every style. The bytes must be the ones foretold, or the edit is refused as foretold and nothing is made.",
  timeoutMs: 120_000,
  async run(context) {
    const driver = await context.spawn();
    for (const vector of storeVectors()) {
      if (vector.edits === undefined || !isAskable(driver, vector)) continue;
      const fields = { edits: vector.edits, ...(hasBytes(vector) ? { bytes: base64Of(vector) } : {}) };
      judge(context, vector, await driver.call("store-edit", fields));
    }
  },
};

const hasBytes = ({ bytes, base64, repeat }: StoreVector): boolean => (bytes ?? base64 ?? repeat) !== undefined;

/** Some bytes are too many for a line. */
function isAskable(driver: Driver, vector: StoreVector): boolean {
  if (hasBytes(vector) && base64Of(vector).length > MOST_ON_A_LINE) return false;
  return isSayable(driver, vector);
}

function judge(context: CaseContext, { name, expect }: StoreVector, reply: Reply): void {
  if (expect["code"] !== undefined) {
    const given = reply.status === "refused" ? `${reply.code} ${reply.error.kind ?? ""}` : "ok";
    const due = `${expect["code"]} ${expect["kind"] ?? ""}`;
    context.check("refusal", given.trim() === due.trim(), () => `${name}: ${given} instead of ${due}`);
    return;
  }
  const given = reply.status === "ok" ? Buffer.from(String(reply["bytes"]), "base64").toString("utf8") : reply.code;
  const due = Buffer.from(base64Of(expect), "base64").toString("utf8");
  context.check("bytes", given === due, () => `${name}: ${JSON.stringify(given)} instead of ${JSON.stringify(due)}`);
}
