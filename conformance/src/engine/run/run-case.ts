import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CaseDefinition, ImplementationRef } from "../case.js";
import { now, within } from "../clock.js";
import { DriverFault } from "../driver/fault.js";
import { CheckFailed, CouldNotRun } from "../failure.js";
import { seededRandom } from "../random.js";
import { Context } from "./context.js";
import { Findings } from "./findings.js";
import { layOut } from "./layout.js";
import type { DriverPool } from "./pool.js";
import type { CellResult, Outcome } from "./result.js";
import { CaseSession } from "./session.js";
import { drawUp } from "./timeline.js";

export interface CaseRun {
  readonly definition: CaseDefinition;
  readonly column: string;
  readonly implementation: ImplementationRef;
  readonly others: readonly ImplementationRef[];
  readonly pool: DriverPool;
  readonly seed: number;
  readonly scale: number;
  readonly full: boolean;
  readonly counts: boolean;
  readonly rerun: string;
  /** The directory of a case that has not passed stays, to be looked at. */
  readonly keep: boolean;
}

/** How long a case that was told to stop may take to notice. */
const UNWIND_MS = 5_000;

const STACK_LINES = 4;

/** Runs one case and says what came of it; never throws. */
export async function runCase(run: CaseRun): Promise<CellResult> {
  const start = now();
  const folder = mkdtempSync(join(tmpdir(), "lock-conformance-"));
  chmodSync(folder, 0o755);
  const dir = join(folder, ".openclaw");
  const findings = new Findings(dir);
  const team = [run.implementation, ...run.others];
  const { pool, scale, definition } = run;
  const refusalsOnly = definition.refusalsOnly ?? false;
  const session = new CaseSession({ dir, scale, pool, findings, team, refusalsOnly });
  try {
    layOut(dir);
    const random = seededRandom(run.seed, definition.id, run.column);
    const context = new Context({ ...run, dir, random }, session);
    await play(context, run, session, findings);
  } catch (error) {
    findings.prevent(`the suite broke: ${describe(error)}`);
  }
  if (findings.checks.size === 0) findings.prevent("the case checked nothing");
  const outcome = outcomeOf(findings);
  const end = now();
  if (outcome !== "passed" && run.keep) session.log("kept", { folder });
  else remove(folder);
  const { referee } = session;
  const timeline = drawUp(referee, session.drivers, start, end);
  return {
    case: definition.id,
    column: run.column,
    outcome,
    counts: run.counts,
    ...(findings.prevented === undefined ? {} : { reason: findings.prevented }),
    ...(session.notes.length === 0 ? {} : { notes: session.notes }),
    failures: findings.failures,
    checks: Object.fromEntries(findings.checks),
    durationMs: end - start,
    statistics: {
      holds: referee.holds + referee.loopHolds,
      kills: referee.kills,
      contended: referee.contended,
      mostAtOnce: referee.mostAtOnce,
    },
    ...(timeline === undefined ? {} : { timeline }),
    events: outcome === "passed" ? [] : session.events.tail(),
    logs:
      outcome === "passed"
        ? []
        : session.drivers.map(({ name, stderrTail }) => ({ driver: name, lines: [...stderrTail] })),
    rerun: run.rerun,
  };
}

async function play(context: Context, run: CaseRun, session: CaseSession, findings: Findings): Promise<void> {
  const { definition } = run;
  const limit = definition.timeoutMs * run.scale;
  const playing = Promise.resolve().then(() => definition.run(context));
  let finished = false;
  try {
    const done = await within(Promise.race([playing.then(() => true), session.broken]), limit);
    if (done === undefined)
      findings.record("case/timeout", false, `the case did not end within ${Math.round(limit)} ms`);
    finished = done === true;
  } catch (error) {
    // A fault has been recorded where it happened, and a failed check where it was made.
    if (error instanceof CouldNotRun) findings.prevent(error.message);
    else if (!(error instanceof DriverFault || error instanceof CheckFailed)) {
      findings.prevent(`the case broke: ${describe(error)}`);
    }
  }
  // What a case that was cut short finds from here on is found about drivers that the engine has ended.
  context.over = true;
  session.bytes.look();
  session.referee.conclude();
  const clean = finished && outcomeOf(findings) === "passed";
  await session.dismiss(clean);
  // With its drivers gone, every call of a case that was cut short fails: it cannot meddle with the next.
  if (!finished)
    await within(
      playing.catch(() => {}),
      UNWIND_MS,
    );
  if (clean) await session.checkLeftovers();
  for (const action of context.cleanups.reverse()) await action();
}

function outcomeOf({ failures, prevented }: Findings): Outcome {
  if (failures.some(({ check }) => check !== "history/unknown")) return "failed";
  return prevented !== undefined || failures.length > 0 ? "could-not-run" : "passed";
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Something of another user, or mounted: it is in the temporary directory, and no verdict.
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error.stack ?? error.message).split("\n").slice(0, STACK_LINES).join("\n");
}
