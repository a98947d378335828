import { readFileSync, writeFileSync } from "node:fs";
import type { GuardedCounter } from "../case.js";

export interface CounterFinding {
  readonly check: "counter/duplicate" | "counter/gap" | "counter/total" | "counter/unreadable";
  readonly message: string;
}

export interface CounterEvidence {
  readonly counter: string;
  readonly log: string;
  readonly completed?: number | undefined;
  readonly kills?: number | undefined;
}

/**
 * Two holders at once read the same number and write it twice, or lose one. A kill can come after the counter was replaced
 * and before the log was written, so each excuses one missing line and nothing else.
 */
export function judgeCounter({ counter, log, completed, kills = 0 }: CounterEvidence): CounterFinding[] {
  if (!/^\d+\n?$/.test(counter))
    return [{ check: "counter/unreadable", message: `the counter reads ${JSON.stringify(counter)}` }];
  if (log !== "" && !log.endsWith("\n"))
    return [{ check: "counter/unreadable", message: "the log ends within a line" }];

  const findings: CounterFinding[] = [];
  const final = Number(counter);
  const seen = new Map<number, string>();
  for (const line of log.split("\n").slice(0, -1)) {
    const [, who = "", text = ""] = /^(\S+ \d+) (\d+)$/.exec(line) ?? [];
    if (who === "")
      findings.push({ check: "counter/unreadable", message: `the log has the line ${JSON.stringify(line)}` });
    const number = Number(text);
    const other = seen.get(number);
    if (other !== undefined) {
      findings.push({ check: "counter/duplicate", message: `${other} and ${who} both counted ${number}` });
    }
    seen.set(number, who);
  }

  let furthest = 0;
  for (const number of seen.keys()) furthest = Math.max(furthest, number);
  const missing: number[] = [];
  for (let number = 1; number <= Math.max(final, furthest); number += 1) {
    if (!seen.has(number)) missing.push(number);
  }
  if (missing.length > kills) {
    const which = missing.slice(0, 5).join(", ");
    findings.push({
      check: "counter/gap",
      message: `${missing.length} numbers are missing (${which}), with ${kills} kills`,
    });
  }
  if (furthest > final) {
    findings.push({ check: "counter/total", message: `the counter says ${final}, the log has gone further` });
  }
  if (completed !== undefined && (final < completed || final > completed + kills)) {
    const holds = kills === 0 ? `${completed} completed holds` : `${completed} completed holds and ${kills} kills`;
    findings.push({ check: "counter/total", message: `the counter says ${final} after ${holds}` });
  }
  return findings;
}

export class CounterFile implements GuardedCounter {
  constructor(
    readonly counter: string,
    readonly log: string,
    private readonly report: (id: string, ok: boolean, message: string) => void,
  ) {
    writeFileSync(counter, "0", { mode: 0o666 });
    writeFileSync(log, "", { mode: 0o666 });
  }

  judge(expected: { completed?: number; kills?: number }): void {
    const evidence = { counter: readFileSync(this.counter, "utf8"), log: readFileSync(this.log, "utf8"), ...expected };
    const findings = judgeCounter(evidence);
    for (const { check, message } of findings.slice(0, 10)) this.report(check, false, message);
    if (findings.length === 0) this.report("counter/total", true, "");
  }

  served(): ReadonlyMap<string, number> {
    const served = new Map<string, number>();
    for (const line of readFileSync(this.log, "utf8").split("\n")) {
      const name = line.split(" ")[0] ?? "";
      if (name !== "") served.set(name, (served.get(name) ?? 0) + 1);
    }
    return served;
  }
}
