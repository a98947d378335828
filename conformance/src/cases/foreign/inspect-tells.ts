import type { CaseDefinition } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { bytesOf, lockOf, traces } from "../support/files.js";
import { plantDeadLock } from "../support/plants.js";

export const inspectTells: CaseDefinition = {
  id: "inspect-tells",
  title: "An inspection says who holds, and changes nothing",
  group: "foreign",
  level: "MUST",
  rules: ["VERDICT-1", "VERDICT-3", "ERROR-2"],
  field: [65],
  profile: "reclaim",
  needs: ["basic", "inspect"],
  environment: ["linux"],
  parallel: true,
  how: "A free path, a held lock and a dead owner's lock are inspected: verdict, reason and holder must be right, and nothing may be made or removed.",
  timeoutMs: 20_000,
  async run(context) {
    const observer = await context.spawn();
    const free = context.target("free.json");
    const { verdict } = await observer.inspect(free);
    context.check("free", verdict === "free", () => `a free path is ${verdict}`);

    const target = context.target("held.json");
    const holder = await context.spawn();
    const held = await holder.acquire(target);
    const bytes = bytesOf(held.lockPath);
    const living = await observer.inspect(target);
    context.check("held", living.verdict === "held" && living.conclusive, () => JSON.stringify(living));
    context.check("holder", living.holder?.pid === holder.pid, () => JSON.stringify(living.holder));
    keeps(context, "held-untouched", held.lockPath, bytes, "an inspection only looks");
    await held.release();

    const dead = context.target("dead.json");
    plantDeadLock(context, dead);
    const planted = bytesOf(lockOf(dead));
    const stale = await observer.inspect(dead);
    context.check("stale", stale.verdict === "stale" && stale.reason === "process-gone", () => JSON.stringify(stale));
    keeps(context, "stale-untouched", lockOf(dead), planted, "an inspection removes nothing");
    const left = traces(dead).filter((name) => name !== "dead.json.lock");
    context.check("nothing-made", left.length === 0, () => `${left.join(", ")} was made`);
  },
};
