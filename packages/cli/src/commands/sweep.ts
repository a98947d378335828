import { openInspection } from "@openclaw/lock-helpers/tools";
import { EXIT, type ExitStatus } from "../exit-codes.js";
import { rootsOf } from "../find/roots.js";
import { tour } from "../find/tour.js";
import type { Reporter } from "../render/reporter.js";
import { type SweepPolicy, sweepDirectory } from "../sweep/directory.js";

export interface SweepFlags extends SweepPolicy {
  readonly profile?: string | undefined;
}

/** Removes what is proven dead, and says what and why; what is left, and why. */
export async function sweep(paths: readonly string[], flags: SweepFlags, reporter: Reporter): Promise<ExitStatus> {
  const roots = rootsOf(paths, flags.profile);
  const policy = { ...flags, session: openInspection() };
  const { tally, isIncomplete } = await tour(roots, reporter, (directory, names) =>
    sweepDirectory(directory, names, policy),
  );
  const exitStatus = tally.stuck > 0 ? EXIT.stuck : isIncomplete ? EXIT.io : EXIT.ok;
  await reporter.end(tally, exitStatus);
  return exitStatus;
}
