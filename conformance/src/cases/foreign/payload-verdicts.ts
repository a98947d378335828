import type { CaseDefinition } from "../../engine/case.js";
import { agrees, askAll, base64Of, payloadVectors } from "../support/vectors.js";

export const payloadVerdicts: CaseDefinition = {
  id: "payload-verdicts",
  title: "Every payload is read the same way in every language",
  group: "foreign",
  level: "MUST",
  rules: ["PAYLOAD-6", "PAYLOAD-7", "PAYLOAD-8", "PAYLOAD-9", "VERDICT-11"],
  field: [23, 38],
  profile: "reclaim",
  needs: ["classify"],
  parallel: true,
  how: "The bytes of spec/vectors/payload.json are classified: empty, oversized, garbage or JSON, and what of it counts.",
  timeoutMs: 60_000,
  async run(context) {
    const driver = await context.spawn();
    await askAll(
      driver,
      "classify",
      payloadVectors(),
      (vector) => ({ bytes: base64Of(vector) }),
      (vector, answer) => agrees(context, "classified", `${vector.name} (${vector.rule})`, answer, vector.expect),
    );
  },
};
