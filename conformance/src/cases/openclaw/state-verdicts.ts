import type { CaseDefinition } from "../../engine/case.js";
import { askPure, type Question } from "../support/pure.js";
import { isSayable, type PureVector, stateVectors } from "../support/vectors.js";

export const stateVerdicts: CaseDefinition = {
  id: "state-verdicts",
  title:
    "Where OpenClaw's things are, whose a credential is and what may be done with it is the same in every language",
  group: "openclaw",
  level: "MUST",
  rules: ["STATE-1", "STATE-2", "STATE-3", "STATE-5", "STATE-6", "STATE-7", "STATE-8", "REFRESH-11"],
  field: [47, 63, 67, 79],
  profile: "refresh",
  needs: ["openclaw"],
  parallel: true,
  how: "Every vector is asked: state and agent directories for an environment, the two names of a refresh lock, whether a credential is usable, fenced, adoptable and of the same account, and to whom it belongs. Each must be as OpenClaw's own released functions say.",
  timeoutMs: 60_000,
  async run(context) {
    const driver = await context.spawn();
    const vectors = stateVectors().filter((vector) => isSayable(driver, vector));
    for (const member of ["paths", "credential", "owner"] as const) {
      const questions = vectors.filter((vector) => member in vector).map((vector) => question(member, vector));
      await askPure(context, member, driver, questions);
    }
  },
};

function question(member: "paths" | "credential" | "owner", vector: PureVector): Question {
  const { name, expect } = vector;
  if (member === "paths") return { name, expect, verb: "state-paths", fields: vector["paths"] as object };
  if (member === "owner") return { name, expect, verb: "credential-owner", fields: vector["owner"] as object };
  const { credential, main, now } = vector;
  return { name, expect, verb: "credential", fields: { credential, main, now } };
}
