import type { CaseDefinition } from "../../engine/case.js";

const WORKERS = 8;

export const threadsExclude: CaseDefinition = {
  id: "threads-exclude",
  title: "Threads and tasks of one process exclude each other like processes",
  group: "core",
  level: "MUST",
  rules: ["WAIT-8"],
  field: [5],
  profile: "basic",
  needs: ["basic", "threads"],
  how: "Eight threads or tasks of one process take the lock again and again. No two may be inside at once, and all must finish.",
  timeoutMs: 60_000,
  async run(context) {
    const rounds = context.pick(10, 100);
    const options = { timeoutMs: context.limit(30_000) };
    const request = { target: context.target(), workers: WORKERS, rounds, options };
    const { completed, overlaps } = await (await context.spawn()).ask("threads", request, { timeoutMs: 40_000 });
    context.check("never-together", overlaps === 0, () => `${Number(overlaps) + 1} were inside at once`);
    context.check("all-served", completed === WORKERS * rounds, () => `${completed} of ${WORKERS * rounds} holds`);
  },
};
