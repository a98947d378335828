import { fileURLToPath } from "node:url";
import type { CaseContext, CaseDefinition, ImplementationRef } from "../src/engine/case.js";
import { DriverPool } from "../src/engine/run/pool.js";
import type { CellResult } from "../src/engine/run/result.js";
import { runCase } from "../src/engine/run/run-case.js";

export const badDriver = (name: string): ImplementationRef => ({
  name,
  kind: "driver",
  command: [process.execPath, fileURLToPath(new URL(`./bad-drivers/${name}.mjs`, import.meta.url))],
  env: {},
  capabilities: new Set(["basic"]),
});

export const caseOf = (run: CaseDefinition["run"], more: Partial<CaseDefinition> = {}): CaseDefinition => ({
  id: "self-test",
  title: "a test of the suite",
  group: "core",
  level: "MUST",
  rules: ["RELEASE-1"],
  field: [],
  profile: "basic",
  needs: ["basic"],
  how: "it is run",
  timeoutMs: 200_000,
  run,
  ...more,
});

/** Limits are shortened: a driver that hangs is to be found out soon. */
const SCALE = 0.2;

export async function play(
  driver: string,
  run: (context: CaseContext) => Promise<void>,
  more: Partial<CaseDefinition> = {},
  pool = new DriverPool(),
): Promise<CellResult> {
  const implementation = badDriver(driver);
  const given = { implementation, others: [], pool, seed: 1, scale: SCALE, full: false, counts: true, keep: false };
  return runCase({ ...given, definition: caseOf(run, more), column: driver, rerun: "again" });
}

export const checksOf = ({ failures }: CellResult): string[] => [...new Set(failures.map(({ check }) => check))].sort();

/** Two processes take turns; what most cases do. */
export async function takeTurns(context: CaseContext): Promise<void> {
  const target = context.target();
  const [first, second] = [await context.spawn(), await context.spawn()];
  const held = await first.acquire(target);
  context.check("verified", await held.verify(), "the holder does not hold");
  const waiting = second.startAcquire(target, { timeoutMs: 5000 });
  await held.release();
  const attempt = await waiting.result;
  context.require("handed-over", attempt.status === "acquired", "the second did not get it");
  await attempt.held.release();
}
