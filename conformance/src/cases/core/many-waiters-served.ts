import type { CaseDefinition } from "../../engine/case.js";
import { contend } from "../support/contention.js";
import { crew, helpers } from "../support/team.js";

const WAITERS = 20;
const LIMIT_MS = 30_000;

export const manyWaitersServed: CaseDefinition = {
  id: "many-waiters-served",
  title: "Twenty waiters are all served within a bound",
  group: "core",
  level: "MUST",
  rules: ["WAIT-5", "WAIT-6"],
  field: [6],
  profile: "basic",
  needs: ["basic"],
  columns: ["own", "mix"],
  how: "Twenty processes hold for 20 ms each, three times. Everybody must be served, nobody after more than 30 s.",
  timeoutMs: 120_000,
  async run(context) {
    const results = await contend(context, await crew(context, helpers(context), WAITERS), { rounds: 3, holdMs: 20 });
    const longest = Math.max(...results.map(({ acquireMs }) => acquireMs.max));
    context.check("bounded", longest < context.limit(LIMIT_MS), () => `somebody waited ${Math.round(longest)} ms`);
  },
};
