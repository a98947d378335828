import { openInspection } from "@openclaw/lock-helpers/tools";
import { EXIT, type ExitStatus } from "../exit-codes.js";
import { KernelLocks } from "../find/kernel-locks.js";
import type { Policy } from "../find/policy.js";
import { rootsOf } from "../find/roots.js";
import { survey } from "../find/survey.js";
import { tour } from "../find/tour.js";
import { freeEntry } from "../judge/unjudged.js";
import type { Reporter } from "../render/reporter.js";

export interface PlaceFlags extends Policy {
  readonly profile?: string | undefined;
}

/** Says what is locked, by whom, and what to do. Changes nothing. */
export async function status(paths: readonly string[], flags: PlaceFlags, reporter: Reporter): Promise<ExitStatus> {
  const roots = rootsOf(paths, flags.profile);
  const kernelLocks = new KernelLocks();
  // As a sweep judges: what is silent has to be watched for two seconds to be seen as that.
  const policy = { ...flags, session: openInspection(), kernelLocks, watch: true };
  const { tally, isIncomplete } = await tour(
    roots,
    reporter,
    (directory, names) => survey(directory, names, policy),
    (path) => kernelLocks.addTo(freeEntry(path)),
  );
  // What is certain goes before what could not be seen: a stuck lock is stuck, whatever else there may be.
  const exitStatus = tally.stuck > 0 ? EXIT.stuck : isIncomplete ? EXIT.io : tally.held > 0 ? EXIT.held : EXIT.ok;
  await reporter.end(tally, exitStatus);
  return exitStatus;
}
