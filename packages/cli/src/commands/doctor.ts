import { existsSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { locateStateDir } from "@openclaw/lock-helpers/openclaw";
import { openInspection } from "@openclaw/lock-helpers/tools";
import { diagnose } from "../doctor/diagnose.js";
import type { Diagnosis } from "../doctor/diagnosis.js";
import { type Release, releaseOf } from "../doctor/release.js";
import { Sight } from "../doctor/sight.js";
import { readStores, type Stores } from "../doctor/stores.js";
import { EXIT, type ExitStatus } from "../exit-codes.js";
import { KernelLocks } from "../find/kernel-locks.js";
import { rootsOf } from "../find/roots.js";
import { survey } from "../find/survey.js";
import { tour } from "../find/tour.js";
import { freeEntry } from "../judge/unjudged.js";
import { Findings } from "../log/collect.js";
import { NO_PROGRESS, ProgressBar } from "../log/progress.js";
import { type LogRead, readLog } from "../log/read.js";
import { printDoctorJson } from "../render/doctor-json.js";
import { printDoctorText } from "../render/doctor-text.js";
import { Output } from "../render/output.js";
import { terminalOf } from "../render/terminal.js";
import type { DoctorFlags } from "./doctor-command.js";

/** All that a doctor has found. */
export interface Report {
  readonly release: Release;
  readonly stateDir: string | undefined;
  readonly stores: Stores;
  readonly sight: Sight;
  readonly logs: readonly LogRead[];
  readonly diagnoses: readonly Diagnosis[];
  readonly exitStatus: ExitStatus;
}

/** Looks at locks, stores and logs, and says what is wrong, how it shows, and what to do. Changes nothing. */
export async function doctor(paths: readonly string[], flags: DoctorFlags): Promise<ExitStatus> {
  const findings = new Findings();
  const logs: LogRead[] = [];
  const { isTTY, columns } = process.stderr;
  const progress = isTTY ? new ProgressBar((text) => process.stderr.write(text), columns ?? 80) : NO_PROGRESS;
  for (const path of flags.log ?? []) logs.push(await readLog(path, findings, progress));

  const sight = new Sight();
  const kernelLocks = new KernelLocks();
  const policy = {
    staleMs: flags.stale,
    trustPids: flags.trustPids,
    session: openInspection(),
    kernelLocks,
    watch: true,
  };
  const { isIncomplete } = await tour(
    rootsOf(paths, flags.profile),
    sight,
    (directory, names) => survey(directory, names, policy),
    (path) => kernelLocks.addTo(freeEntry(path)),
  );
  const stateDir = stateDirOf(paths, flags.profile);
  const stores = stateDir === undefined ? { stores: [], logins: [] } : readStores(stateDir);
  const release = releaseOf(stateDir ?? "", findings.version, stores.stores);
  const diagnoses = diagnose({ findings, entries: sight.entries, stores, release, stateDir, paths });
  const exitStatus = statusOf(diagnoses, isIncomplete);
  const report: Report = { release, stateDir, stores, sight, logs, diagnoses, exitStatus };
  const output = new Output();
  if (flags.json) await printDoctorJson(report, output);
  else await printDoctorText(report, output, terminalOf(process.stdout, process.env));
  return exitStatus;
}

function statusOf(diagnoses: readonly Diagnosis[], isIncomplete: boolean): ExitStatus {
  if (diagnoses.some(({ urgency }) => urgency === "act")) return EXIT.stuck;
  if (isIncomplete) return EXIT.io;
  return diagnoses.some(({ urgency }) => urgency === "wait") ? EXIT.held : EXIT.ok;
}

/** OpenClaw's directory, if it is here; a directory that was named is one if it looks like one. */
function stateDirOf(paths: readonly string[], profile: string | undefined): string | undefined {
  if (paths.length > 0) return paths.map((path) => resolve(path)).find(looksLikeState);
  const isNamed = Boolean(process.env["OPENCLAW_STATE_DIR"]?.trim());
  const { path } = locateStateDir({ profile: isNamed ? undefined : profile });
  return existsSync(path) ? realpathSync.native(path) : undefined;
}

function looksLikeState(path: string): boolean {
  try {
    return (
      statSync(path).isDirectory() && ["agents", "openclaw.json", "locks"].some((name) => existsSync(join(path, name)))
    );
  } catch {
    return false;
  }
}
