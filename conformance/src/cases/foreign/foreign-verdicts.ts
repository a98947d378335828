import type { CaseDefinition } from "../../engine/case.js";
import { kindCalled } from "../support/foreign-kinds.js";
import { askPure, type Question } from "../support/pure.js";
import { type ForeignVector, foreignVectors } from "../support/vectors.js";

export const foreignVerdicts: CaseDefinition = {
  id: "foreign-verdicts",
  title: "What others leave at a lock path has one name in every language, and one answer to whether it is abandoned",
  group: "foreign",
  level: "MUST",
  rules: ["FOREIGN-1", "FOREIGN-2", "FOREIGN-3", "FOREIGN-6"],
  field: [2, 38, 60, 62],
  profile: "reclaim",
  needs: ["foreign"],
  parallel: true,
  how: "The objects, bytes, texts of /proc/locks and evidence of spec/vectors/foreign.json are named, read and judged. The words and the remedy are those of spec/foreign.json.",
  timeoutMs: 60_000,
  async run(context) {
    const driver = await context.spawn();
    const questions = foreignVectors().map(questionOf);
    for (const verb of ["foreign", "kernel-locks", "abandoned"]) {
      const those = questions.filter((question) => question.verb === verb);
      context.check("vectors", those.length > 0, `there is no vector for ${verb}`);
      await askPure(context, verb, driver, those);
    }
  },
};

function questionOf({ name, rule, expect, ...given }: ForeignVector): Question {
  const common = { name: `${name} (${rule})` };
  if (given.lock !== undefined) {
    const { what, remedy, removable } = kindCalled(String(expect["kind"]));
    return { ...common, verb: "foreign", fields: { lock: given.lock }, expect: { ...expect, what, remedy, removable } };
  }
  if (given.locks !== undefined) return { ...common, verb: "kernel-locks", fields: given, expect };
  return { ...common, verb: "abandoned", fields: given, expect };
}
