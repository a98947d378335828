import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** One guarded step of the contention run: read the number, hold on to it, write one more, say so in the log. */
export async function addOne(counter: string, log: string, name: string, holdMs: number): Promise<void> {
  const next = Number(readFileSync(counter, "utf8")) + 1;
  if (holdMs > 0) await sleep(holdMs);
  const fresh = `${counter}.${process.pid}`;
  writeFileSync(fresh, String(next));
  renameSync(fresh, counter);
  appendFileSync(log, `${name} ${process.pid} ${next}\n`);
}
