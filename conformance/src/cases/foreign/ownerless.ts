import type { CaseDefinition } from "../../engine/case.js";
import { lockOf } from "../support/files.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

const OLD = new Date("2020-01-01T00:00:00.000Z");
const YOUNG = (): Date => new Date();
const NOT_A_PID = ['"4711"', "0", "-4711", "4711.5", "true", "null", "2147483648"];

export const ownerless: CaseDefinition = {
  id: "ownerless",
  title: "A lock without a usable pid is judged by createdAt and by quiet together",
  group: "foreign",
  level: "MUST",
  rules: ["PAYLOAD-8", "PAYLOAD-9", "VERDICT-3"],
  field: [23, 38, 58],
  profile: "reclaim",
  needs: ["basic", "reclaim"],
  parallel: true,
  how: "Locks whose pid is none are taken when both createdAt and modification time are old, and kept when either is young or createdAt lies in the future.",
  timeoutMs: 60_000,
  async run(context) {
    const contender = await context.spawn();
    const plant = (name: string, pid: string, createdAt: string, mtime: Date): string => {
      const target = context.target(`${name}.json`);
      context.plant(lockOf(target), `{"pid":${pid},"createdAt":"${createdAt}"}\n`, { mtime });
      return target;
    };
    const old = OLD.toISOString();
    for (const [index, pid] of NOT_A_PID.entries()) {
      const target = plant(`old-${index}`, pid, old, OLD);
      await takenAtOnce(context, contender, target, "old-taken", `${pid} is no pid, and the lock is old`);
    }
    const bogus = plant("bogus", "null", "the day before yesterday", OLD);
    await takenAtOnce(context, contender, bogus, "bogus-date-taken", "it is old, and its date is none");

    const options = { staleMs: 30_000, timeoutMs: 200 };
    const kept = [
      plant("touched", "null", old, YOUNG()),
      plant("made-now", "null", YOUNG().toISOString(), OLD),
      plant("future", "null", "2099-01-01T00:00:00.000Z", OLD),
    ];
    for (const target of kept)
      await keptFromTaking(context, contender, target, "young-kept", "it is not old yet", options);
  },
};
