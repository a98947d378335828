import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { acquireFileLock } from "../src/index.js";
import { optionsOf } from "./locks.js";
import { number, type Request, text } from "./protocol.js";

/** Holds again and again without asking: a counter that loses an update, or a log with a gap, is a double holder. */
export async function loop(request: Request, name: string): Promise<Record<string, unknown>> {
  const target = text(request, "target");
  const counter = text(request, "counter");
  const rounds = number(request, "rounds", 1);
  const holdMs = number(request, "holdMs", 0);
  let max = 0;
  let total = 0;
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    const lock = await acquireFileLock(target, optionsOf(request));
    const acquireMs = performance.now() - startedAt;
    max = Math.max(max, acquireMs);
    total += acquireMs;
    try {
      const next = readCounter(counter) + 1;
      if (holdMs > 0) await sleep(holdMs);
      const temporary = `${counter}.${process.pid}`;
      writeFileSync(temporary, `${next}\n`);
      renameSync(temporary, counter);
      appendFileSync(text(request, "log"), `${name} ${process.pid} ${next}\n`);
    } finally {
      await lock.release();
    }
  }
  return { completed: rounds, acquireMs: { max, mean: rounds === 0 ? 0 : total / rounds } };
}

function readCounter(path: string): number {
  try {
    return Number(readFileSync(path, "utf8").trim() || 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
