import type { CaseDefinition } from "../../engine/case.js";
import { askPure, type Question } from "../support/pure.js";
import { isSayable, type PureVector, refreshVectors } from "../support/vectors.js";

const VERBS = ["generation", "fresh", "merge"] as const;

export const refreshVerdicts: CaseDefinition = {
  id: "refresh-verdicts",
  title: "Generations, freshness and merged answers are the same in every language",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-2", "REFRESH-4", "REFRESH-10"],
  field: [68, 79],
  profile: "refresh",
  needs: ["refresh"],
  parallel: true,
  how: "Every vector is asked: the digest of a pair of tokens, whether a credential is fresh for a caller, and what becomes of a stored credential and an answer. Each must be as foretold.",
  timeoutMs: 60_000,
  async run(context) {
    const driver = await context.spawn();
    const sayable = refreshVectors().filter((vector) => isSayable(driver, vector));
    for (const verb of VERBS)
      await askPure(
        context,
        verb,
        driver,
        sayable.flatMap((vector) => questions(verb, vector)),
      );
  },
};

function questions(verb: (typeof VERBS)[number], vector: PureVector): Question[] {
  const fields = vector[verb] as Readonly<Record<string, unknown>> | undefined;
  if (fields === undefined) return [];
  return [{ name: vector.name, verb, fields, expect: vector.expect }];
}
