import type { CaseDefinition } from "../../engine/case.js";
import { crossProduct, type Question } from "../support/evidence.js";
import { expectedVerdict } from "../support/expected-verdict.js";
import { agrees, askAll } from "../support/vectors.js";

export const judgedVerdicts: CaseDefinition = {
  id: "judged-verdicts",
  title: "Every combination of evidence gets the verdict of the table",
  group: "foreign",
  level: "MUST",
  rules: ["VERDICT-1", "VERDICT-10", "VERDICT-11", "VERDICT-12", "VERDICT-13"],
  field: [23],
  profile: "reclaim",
  needs: ["judge"],
  parallel: true,
  how: "The cross product of all evidence values, on both sides of every boundary, is judged and compared with a second writing of the table that no implementation shares.",
  timeoutMs: 120_000,
  async run(context) {
    const driver = await context.spawn();
    await askAll(
      driver,
      "judge",
      crossProduct(),
      ({ evidence, staleMs, trustPids }: Question) => ({ evidence, staleMs, trustPids }),
      ({ evidence, ...policy }, answer) => {
        const expected = expectedVerdict(evidence, policy);
        agrees(context, "judged", JSON.stringify({ ...evidence, ...policy }), answer, { ...expected });
      },
    );
  },
};
