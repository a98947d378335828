import type { CaseDefinition } from "../../engine/case.js";
import { agrees, askAll, expectedOf, verdictVectors } from "../support/vectors.js";

export const observedVerdicts: CaseDefinition = {
  id: "observed-verdicts",
  title: "The same system gives the same evidence and the same verdict in every language",
  group: "foreign",
  level: "MUST",
  rules: [
    "VERDICT-2",
    "VERDICT-3",
    "VERDICT-4",
    "VERDICT-5",
    "VERDICT-6",
    "VERDICT-7",
    "VERDICT-8",
    "VERDICT-9",
    "VERDICT-11",
    "VERDICT-12",
    "VERDICT-13",
    "WITNESS-7",
    "WITNESS-8",
  ],
  field: [14, 15, 17, 19, 23],
  profile: "reclaim",
  needs: ["observe"],
  parallel: true,
  how: "The fake systems of spec/vectors/verdict.json (bytes, errno values, /proc contents and witnesses) are observed and judged. An implementation that cannot ask for a witness's maker (no peer-credentials) must answer witness-answers where others find it inherited.",
  timeoutMs: 60_000,
  async run(context) {
    const driver = await context.spawn();
    await askAll(
      driver,
      "observe",
      verdictVectors(),
      ({ lock, system, staleMs, trustPids }) => ({
        lock,
        system,
        staleMs,
        ...(trustPids === undefined ? {} : { trustPids }),
      }),
      (vector, answer) =>
        agrees(context, "observed", `${vector.name} (${vector.rule})`, answer, expectedOf(driver, vector)),
    );
  },
};
